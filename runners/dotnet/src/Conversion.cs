using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;

namespace Maestro.Runner
{
    /// <summary>
    /// Makes an argument of a value and of the text that it is written as. A
    /// <see cref="FormatException"/> says what is wrong with it.
    /// </summary>
    internal delegate object Converter(object native, string text);

    /// <summary>
    /// Converters by the declared type of a parameter. Texts are read with the invariant culture.
    /// </summary>
    internal static class Conversion
    {
        private static readonly Cache<Type, Converter> Known = new Cache<Type, Converter>(Make);

        /// <summary>The converter for a type; null for a type that nothing can be converted to.</summary>
        internal static Converter For(Type type)
        {
            return Known.Of(type);
        }

        private static Converter Make(Type type)
        {
            Type inner = Nullable.GetUnderlyingType(type);
            if (inner != null)
            {
                Converter convert = For(inner);
                return delegate(object native, string text)
                {
                    return native == null || "".Equals(native) ? null : convert(native, text);
                };
            }
            if (type.IsEnum)
            {
                return delegate(object native, string text) { return ToEnum(type, native, text); };
            }
            return Simple(type) ?? Structures.For(type);
        }

        private static Converter Simple(Type type)
        {
            switch (Type.GetTypeCode(type))
            {
                case TypeCode.String:
                    return delegate(object native, string text) { return native == null ? null : text; };
                case TypeCode.Boolean:
                    return ToBoolean;
                case TypeCode.Char:
                    return ToChar;
                case TypeCode.Double:
                    return delegate(object native, string text) { return ToDouble(native, text); };
                case TypeCode.Single:
                    return delegate(object native, string text) { return (float)ToDouble(native, text); };
                case TypeCode.Decimal:
                    return ToDecimal;
                case TypeCode.DateTime:
                    return ToDateTime;
                case TypeCode.SByte:
                case TypeCode.Byte:
                case TypeCode.Int16:
                case TypeCode.UInt16:
                case TypeCode.Int32:
                case TypeCode.UInt32:
                case TypeCode.Int64:
                case TypeCode.UInt64:
                    return delegate(object native, string text) { return ToWhole(type, native, text); };
                default:
                    return Named(type);
            }
        }

        /// <summary>Types that are no primitives and are known by their name.</summary>
        private static Converter Named(Type type)
        {
            switch (type.FullName)
            {
                case "System.Object":
                    return delegate(object native, string text) { return Structures.Free(native); };
                case "System.TimeSpan":
                    return ToTimeSpan;
                case "System.DateTimeOffset":
                    return ToDateTimeOffset;
                case "System.Guid":
                    return ByParsing(delegate(string word) { return new Guid(word); }, "no GUID");
                case "System.Version":
                    return ByParsing(delegate(string word) { return new Version(word); }, "no version");
                case "System.Uri":
                case "System.IO.FileInfo":
                case "System.IO.DirectoryInfo":
                    return ByParsing(delegate(string word) { return Activator.CreateInstance(type, word); }, "no address");
                default:
                    return null;
            }
        }

        /// <summary>The value between quotes, as messages show it.</summary>
        internal static FormatException Not(string what, object native, string text)
        {
            string shown = native == null ? "null" : "'" + Spelled(native, text) + "'";
            return new FormatException(shown + " is " + what);
        }

        private static string Spelled(object native, string text)
        {
            return (text ?? Convert.ToString(native, Numbers.Invariant) ?? "").Trim();
        }

        /// <summary>The text to read a number from: booleans and structures are none.</summary>
        private static string Digits(object native, string text)
        {
            return native is string ? ((string)native).Trim() : native is bool ? "" : Spelled(native, text);
        }

        private static object ToWhole(Type type, object native, string text)
        {
            decimal value;
            if (native is long)
            {
                value = (long)native;
            }
            else if (native is ulong)
            {
                value = (ulong)native;
            }
            else if (native is double && Math.Floor((double)native) == (double)native && Math.Abs((double)native) < 1e28)
            {
                value = (decimal)(double)native;
            }
            else if (!(native is string) || !ReadWhole((string)native, out value))
            {
                throw Not("no integer", native, text);
            }
            try
            {
                return Convert.ChangeType(value, type, Numbers.Invariant);
            }
            catch (OverflowException)
            {
                object least = type.GetField("MinValue").GetValue(null);
                object most = type.GetField("MaxValue").GetValue(null);
                string name = TypeNames.Of(type);
                throw Not("outside of the range of " + name + ", " + least + " to " + most, native, text);
            }
        }

        private static bool ReadWhole(string text, out decimal value)
        {
            const NumberStyles Style = NumberStyles.Float;
            return decimal.TryParse(text.Trim(), Style, Numbers.Invariant, out value)
                && decimal.Truncate(value) == value;
        }

        private static double ToDouble(object native, string text)
        {
            if (native is double)
            {
                return (double)native;
            }
            if (native is long)
            {
                return (long)native;
            }
            if (native is ulong)
            {
                return (ulong)native;
            }
            double value;
            if (Numbers.TryReadDouble(Digits(native, text), out value))
            {
                return value;
            }
            throw Not("no number", native, text);
        }

        private static object ToDecimal(object native, string text)
        {
            decimal value;
            // The text has all digits that somebody wrote; the number may have lost some.
            string word = native is string ? (string)native : native is bool ? "" : text ?? "";
            if (decimal.TryParse(word.Trim(), NumberStyles.Float, Numbers.Invariant, out value))
            {
                return value;
            }
            double number = ToDouble(native, text);
            if (Math.Abs(number) < 7.9e28)
            {
                return (decimal)number;
            }
            throw Not("outside of the range of decimal", native, text);
        }

        private static object ToBoolean(object native, string text)
        {
            if (native is bool)
            {
                return native;
            }
            switch (Spelled(native, text).ToLowerInvariant())
            {
                case "true":
                case "yes":
                case "on":
                case "1":
                    return true;
                case "false":
                case "no":
                case "off":
                case "0":
                    return false;
                default:
                    throw Not("neither true nor false", native, text);
            }
        }

        private static object ToChar(object native, string text)
        {
            string letters = native as string ?? text ?? "";
            if (letters.Length == 1)
            {
                return letters[0];
            }
            throw Not("not one letter", native, text);
        }

        private static object ToEnum(Type type, object native, string text)
        {
            string word = native is string ? ((string)native).Trim() : Spelled(native, text);
            bool isNumber = native is long || native is ulong;
            try
            {
                object value = isNumber
                    ? Enum.ToObject(type, native)
                    : Enum.Parse(type, word, true);
                bool isKnown = type.IsDefined(typeof(FlagsAttribute), false) || Enum.IsDefined(type, value);
                if (isKnown && word.Length > 0)
                {
                    return value;
                }
            }
            catch (ArgumentException)
            {
            }
            catch (OverflowException)
            {
            }
            string names = Words.List(Enum.GetNames(type));
            throw Not("none of " + names, native, text);
        }

        private static object ToDateTime(object native, string text)
        {
            DateTime value;
            string word = Spelled(native, text);
            if (DateTime.TryParse(word, Numbers.Invariant, DateTimeStyles.RoundtripKind, out value))
            {
                return value;
            }
            throw Not("no date; write it like 2026-11-21T08:30:00", native, text);
        }

        private static object ToDateTimeOffset(object native, string text)
        {
            DateTimeOffset value;
            string word = Spelled(native, text);
            if (DateTimeOffset.TryParse(word, Numbers.Invariant, DateTimeStyles.AssumeLocal, out value))
            {
                return value;
            }
            throw Not("no date; write it like 2026-11-21T08:30:00+01:00", native, text);
        }

        /// <summary>A number is seconds. Text alone would make days of it.</summary>
        private static object ToTimeSpan(object native, string text)
        {
            double seconds;
            string word = Digits(native, text);
            if (Numbers.TryReadDouble(word, out seconds) && Math.Abs(seconds) < 9e11)
            {
                return TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
            }
            TimeSpan value;
            if (TimeSpan.TryParse(word, Numbers.Invariant, out value))
            {
                return value;
            }
            throw Not("no time span; write seconds, or hours:minutes:seconds", native, text);
        }

        private delegate object Parse(string word);

        private static Converter ByParsing(Parse parse, string what)
        {
            return delegate(object native, string text)
            {
                if (native == null)
                {
                    return null;
                }
                try
                {
                    return parse(Spelled(native, text));
                }
                catch (TargetInvocationException)
                {
                    throw Not(what, native, text);
                }
                catch (ArgumentException)
                {
                    throw Not(what, native, text);
                }
                catch (FormatException)
                {
                    throw Not(what, native, text);
                }
                catch (OverflowException)
                {
                    throw Not(what, native, text);
                }
            };
        }
    }
}
