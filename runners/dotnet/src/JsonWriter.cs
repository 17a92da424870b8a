using System;
using System.Collections.Generic;

namespace Maestro.Runner
{
    /// <summary>
    /// Writes JSON as UTF-8 bytes into a buffer that is used again and again. Values are those that
    /// <see cref="JsonReader"/> gives, and <see cref="Raw"/>.
    /// </summary>
    internal sealed class JsonWriter
    {
        private const int KeptSize = 1 << 20;
        private const string HexDigits = "0123456789abcdef";

        private byte[] bytes = new byte[4096];

        internal byte[] Bytes
        {
            get { return bytes; }
        }

        internal int Count { get; private set; }

        internal void Clear()
        {
            Count = 0;
            if (bytes.Length > KeptSize)
            {
                bytes = new byte[4096];
            }
        }

        /// <summary>Writes plain ASCII that is JSON already.</summary>
        internal JsonWriter Literal(string text)
        {
            Room(text.Length);
            for (int index = 0; index < text.Length; index++)
            {
                bytes[Count + index] = (byte)text[index];
            }
            Count += text.Length;
            return this;
        }

        internal void Value(object value)
        {
            if (value == null)
            {
                Literal("null");
                return;
            }
            string text = value as string;
            if (text != null)
            {
                Text(text);
            }
            else if (value is double)
            {
                double number = (double)value;
                if (double.IsNaN(number) || double.IsInfinity(number))
                {
                    Text(Numbers.NameOf(number));
                }
                else
                {
                    Literal(Numbers.FormatDouble(number));
                }
            }
            else if (value is long)
            {
                Whole((long)value);
            }
            else if (value is bool)
            {
                Literal((bool)value ? "true" : "false");
            }
            else
            {
                Rest(value);
            }
        }

        private void Rest(object value)
        {
            JsonMap map = value as JsonMap;
            List<object> list = value as List<object>;
            if (map != null)
            {
                Map(map);
            }
            else if (list != null)
            {
                List(list);
            }
            else if (value is Raw)
            {
                Literal(((Raw)value).Text);
            }
            else if (value is int)
            {
                Whole((int)value);
            }
            else if (value is ulong)
            {
                Literal(((ulong)value).ToString(Numbers.Invariant));
            }
            else
            {
                throw new ArgumentException("a " + value.GetType() + " has no JSON form");
            }
        }

        private void Map(JsonMap map)
        {
            Byte('{');
            for (int index = 0; index < map.Count; index++)
            {
                if (index > 0)
                {
                    Byte(',');
                }
                Text(map.Name(index));
                Byte(':');
                Value(map.Value(index));
            }
            Byte('}');
        }

        private void List(List<object> list)
        {
            Byte('[');
            for (int index = 0; index < list.Count; index++)
            {
                if (index > 0)
                {
                    Byte(',');
                }
                Value(list[index]);
            }
            Byte(']');
        }

        private void Byte(char letter)
        {
            Room(1);
            bytes[Count++] = (byte)letter;
        }

        private void Whole(long value)
        {
            if (value >= 0 && value < 10)
            {
                Byte((char)('0' + value));
            }
            else
            {
                Literal(value.ToString(Numbers.Invariant));
            }
        }

        internal void Text(string text)
        {
            // No letter takes more than six bytes, and half a surrogate pair takes three.
            Room(6 * text.Length + 2);
            int to = Count;
            bytes[to++] = (byte)'"';
            for (int index = 0; index < text.Length; index++)
            {
                char letter = text[index];
                if (letter >= ' ' && letter < 127 && letter != '"' && letter != '\\')
                {
                    bytes[to++] = (byte)letter;
                }
                else if (letter < 128)
                {
                    to = Escape(letter, to);
                }
                else
                {
                    int wide = letter;
                    if (char.IsSurrogate(letter))
                    {
                        bool isPair = index + 1 < text.Length && char.IsSurrogatePair(letter, text[index + 1]);
                        wide = isPair ? char.ConvertToUtf32(letter, text[++index]) : 0xFFFD;
                    }
                    to = Wide(wide, to);
                }
            }
            bytes[to++] = (byte)'"';
            Count = to;
        }

        private int Escape(char letter, int to)
        {
            bytes[to++] = (byte)'\\';
            switch (letter)
            {
                case '"':
                case '\\':
                    bytes[to++] = (byte)letter;
                    break;
                case '\n':
                    bytes[to++] = (byte)'n';
                    break;
                case '\r':
                    bytes[to++] = (byte)'r';
                    break;
                case '\t':
                    bytes[to++] = (byte)'t';
                    break;
                default:
                    bytes[to++] = (byte)'u';
                    bytes[to++] = (byte)'0';
                    bytes[to++] = (byte)'0';
                    bytes[to++] = (byte)HexDigits[letter >> 4];
                    bytes[to++] = (byte)HexDigits[letter & 15];
                    break;
            }
            return to;
        }

        private int Wide(int letter, int to)
        {
            if (letter < 0x800)
            {
                bytes[to++] = (byte)(0xC0 | (letter >> 6));
            }
            else
            {
                if (letter < 0x10000)
                {
                    bytes[to++] = (byte)(0xE0 | (letter >> 12));
                }
                else
                {
                    bytes[to++] = (byte)(0xF0 | (letter >> 18));
                    bytes[to++] = (byte)(0x80 | ((letter >> 12) & 0x3F));
                }
                bytes[to++] = (byte)(0x80 | ((letter >> 6) & 0x3F));
            }
            bytes[to++] = (byte)(0x80 | (letter & 0x3F));
            return to;
        }

        private void Room(int more)
        {
            if (Count + more > bytes.Length)
            {
                Array.Resize(ref bytes, Math.Max(Count + more, 2 * bytes.Length));
            }
        }
    }

    /// <summary>A number whose digits are written as they are.</summary>
    internal struct Raw
    {
        internal readonly string Text;

        internal Raw(string text)
        {
            Text = text;
        }
    }
}
