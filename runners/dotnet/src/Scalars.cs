using System;

namespace Maestro.Runner
{
    /// <summary>Single values as JSON can carry them.</summary>
    internal static class Scalars
    {
        /// <summary>The value as text, boolean or number; null for one that cannot leave .NET.</summary>
        internal static object Plain(object value)
        {
            if (value is Enum)
            {
                return value.ToString();
            }
            IConvertible convertible = value as IConvertible;
            return convertible == null ? Foreign(value) : Convertible(convertible);
        }

        private static object Convertible(IConvertible value)
        {
            IFormatProvider invariant = Numbers.Invariant;
            switch (value.GetTypeCode())
            {
                case TypeCode.String:
                case TypeCode.Char:
                    return value.ToString(invariant);
                case TypeCode.Boolean:
                    return value.ToBoolean(invariant);
                case TypeCode.SByte:
                case TypeCode.Byte:
                case TypeCode.Int16:
                case TypeCode.UInt16:
                case TypeCode.Int32:
                case TypeCode.UInt32:
                case TypeCode.Int64:
                    return value.ToInt64(invariant);
                case TypeCode.UInt64:
                    return value.ToUInt64(invariant);
                case TypeCode.Single:
                    float single = value.ToSingle(invariant);
                    bool isFinite = !float.IsNaN(single) && !float.IsInfinity(single);
                    return isFinite ? new Raw(Numbers.FormatSingle(single)) : (object)(double)single;
                case TypeCode.Double:
                    return value.ToDouble(invariant);
                case TypeCode.Decimal:
                    return new Raw(Fraction(value.ToDecimal(invariant)));
                case TypeCode.DateTime:
                    return value.ToDateTime(invariant).ToString("o", invariant);
                default:
                    return value.ToString(invariant);
            }
        }

        /// <summary>All digits of it, with a point: a decimal is no integer wherever it goes.</summary>
        private static string Fraction(decimal value)
        {
            string text = value.ToString(Numbers.Invariant);
            return text.IndexOf('.') < 0 ? text + ".0" : text;
        }

        private static object Foreign(object value)
        {
            IFormatProvider invariant = Numbers.Invariant;
            if (value is TimeSpan)
            {
                return ((TimeSpan)value).ToString("c", invariant);
            }
            if (value is DateTimeOffset)
            {
                return ((DateTimeOffset)value).ToString("o", invariant);
            }
            if (value is IntPtr)
            {
                return ((IntPtr)value).ToInt64();
            }
            Type kind = value as Type;
            if (kind != null)
            {
                return kind.FullName;
            }
            Exception problem = value as Exception;
            if (problem != null)
            {
                return problem.GetType().Name + ": " + problem.Message;
            }
            if (value.GetType().FullName == "System.Numerics.BigInteger")
            {
                return Whole(value.ToString());
            }
            if (value is Delegate || value is System.IO.Stream || value is System.Threading.Tasks.Task)
            {
                return null;
            }
            IFormattable formattable = value as IFormattable;
            return formattable != null ? formattable.ToString(null, invariant) : value.ToString();
        }

        /// <summary>An integer of any width; those outside of 64 bits travel as text.</summary>
        private static object Whole(string digits)
        {
            long small;
            ulong large;
            if (long.TryParse(digits, out small))
            {
                return small;
            }
            return ulong.TryParse(digits, out large) ? (object)large : digits;
        }
    }
}
