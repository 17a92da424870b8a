using System;
using System.Globalization;
using System.Numerics;

namespace Maestro.Runner
{
    /// <summary>Numbers to text and back, the same on every station.</summary>
    internal static class Numbers
    {
        internal static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

        private static readonly bool ParsesExactly = Environment.Version.Major != 4;

        private static readonly double[] Tens =
        {
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
        };

        /// <summary>Reads a JSON number; beyond the range it is infinite.</summary>
        internal static double ParseDouble(string text)
        {
            ulong digits;
            int exponent;
            bool isShort = Split(text, out digits, out exponent);
            if (isShort && digits < 1UL << 53 && exponent >= -22 && exponent <= 22)
            {
                // Both numbers are exact, so that the one operation rounds once.
                double whole = digits;
                double value = exponent < 0 ? whole / Tens[-exponent] : whole * Tens[exponent];
                return text[0] == '-' ? -value : value;
            }
            double nearly;
            try
            {
                nearly = double.Parse(text, NumberStyles.Float, Invariant);
            }
            catch (OverflowException)
            {
                return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            }
            // Before .NET Core 3.0 the last bit was wrong now and then.
            return ParsesExactly || !isShort ? nearly : Rounding.Nearest(nearly, digits, exponent);
        }

        /// <summary>The digits of a number without its sign, and the power of ten behind them; false
        /// for more than 19 digits.</summary>
        private static bool Split(string text, out ulong digits, out int exponent)
        {
            digits = 0;
            exponent = 0;
            int count = 0;
            bool isFraction = false;
            for (int index = 0; index < text.Length; index++)
            {
                char letter = text[index];
                if (letter >= '0' && letter <= '9')
                {
                    digits = 10 * digits + (ulong)(letter - '0');
                    count += count > 0 || letter != '0' ? 1 : 0;
                    exponent -= isFraction ? 1 : 0;
                }
                else if (letter == '.')
                {
                    isFraction = true;
                }
                else if (letter == 'e' || letter == 'E')
                {
                    int power;
                    bool isRead = int.TryParse(text.Substring(index + 1), NumberStyles.AllowLeadingSign, Invariant, out power);
                    exponent += power;
                    return isRead && count <= 19 && Math.Abs((long)power) < 400;
                }
            }
            return count <= 19;
        }

        /// <summary>
        /// The shortest text that reads as the same number, with a fraction or an exponent, so that
        /// it stays a number with a fraction wherever it goes. The number is finite.
        /// </summary>
        internal static string FormatDouble(double value)
        {
            long whole = (long)value;
            if (whole == value && whole < 1000000000000000 && whole > -1000000000000000)
            {
                string sign = whole == 0 && 1 / value < 0 ? "-" : "";
                return sign + whole.ToString(Invariant) + ".0";
            }
            string text = value.ToString("G15", Invariant);
            if (ParseDouble(text) != value)
            {
                text = value.ToString("G16", Invariant);
            }
            if (ParseDouble(text) != value)
            {
                text = value.ToString("G17", Invariant);
            }
            return text.IndexOf('.') < 0 && text.IndexOf('E') < 0 ? text + ".0" : text;
        }

        /// <summary>The same for a float: 0.1f is 0.1 and not 0.10000000149011612.</summary>
        internal static string FormatSingle(float value)
        {
            for (int digits = 7; digits < 9; digits++)
            {
                string text = value.ToString("G" + digits, Invariant);
                float back;
                if (float.TryParse(text, NumberStyles.Float, Invariant, out back) && back == value)
                {
                    return FormatDouble(ParseDouble(text));
                }
            }
            return FormatDouble(ParseDouble(value.ToString("G9", Invariant)));
        }

        /// <summary>How the protocol spells a number that is not finite.</summary>
        internal static string NameOf(double value)
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        /// <summary>Reads a number as a person or the protocol spells it.</summary>
        internal static bool TryReadDouble(string text, out double value)
        {
            switch (text)
            {
                case "NaN":
                case ".nan":
                    value = double.NaN;
                    return true;
                case "Infinity":
                case ".inf":
                    value = double.PositiveInfinity;
                    return true;
                case "-Infinity":
                case "-.inf":
                    value = double.NegativeInfinity;
                    return true;
                default:
                    bool isNumber = double.TryParse(text, NumberStyles.Float, Invariant, out value)
                        && !double.IsInfinity(value)
                        && !double.IsNaN(value);
                    value = isNumber ? ParseDouble(text.Trim()) : value;
                    return isNumber;
            }
        }
    }

    /// <summary>Exact comparison, in a class of its own: it loads another assembly.</summary>
    internal static class Rounding
    {
        /// <summary>The double that is nearest to digits and a power of ten; near is known.</summary>
        internal static double Nearest(double near, ulong digits, int exponent)
        {
            double size = Math.Abs(near);
            if (digits == 0 || double.IsInfinity(size))
            {
                return near;
            }
            BigInteger number = digits;
            BigInteger scale = BigInteger.One;
            if (exponent < 0)
            {
                scale = BigInteger.Pow(10, -exponent);
            }
            else
            {
                number *= BigInteger.Pow(10, exponent);
            }
            for (int step = 0; step < 4; step++)
            {
                long bits = BitConverter.DoubleToInt64Bits(size);
                int above = CompareToMiddle(number, scale, bits);
                int below = bits == 0 ? 1 : CompareToMiddle(number, scale, bits - 1);
                bool isOdd = (bits & 1) != 0;
                if (above > 0 || (above == 0 && isOdd))
                {
                    size = BitConverter.Int64BitsToDouble(bits + 1);
                }
                else if (below < 0 || (below == 0 && isOdd))
                {
                    size = BitConverter.Int64BitsToDouble(bits - 1);
                }
                else
                {
                    break;
                }
            }
            return near < 0 || 1 / near < 0 ? -size : size;
        }

        /// <summary>Compares a number with the middle between a double and the next larger one.</summary>
        private static int CompareToMiddle(BigInteger number, BigInteger scale, long bits)
        {
            long power = bits >> 52;
            long fraction = bits & ((1L << 52) - 1);
            long whole = power == 0 ? fraction : fraction | 1L << 52;
            // The middle is (2 whole + 1) * 2^shift.
            int shift = (int)Math.Max(power, 1) - 1076;
            BigInteger middle = (2 * new BigInteger(whole) + 1) * scale;
            return shift >= 0
                ? number.CompareTo(middle << shift)
                : (number << -shift).CompareTo(middle);
        }
    }
}
