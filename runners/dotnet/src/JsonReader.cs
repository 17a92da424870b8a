using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Maestro.Runner
{
    /// <summary>A text that is no JSON.</summary>
    internal sealed class JsonException : Exception
    {
        internal JsonException(string message)
            : base(message)
        {
        }
    }

    /// <summary>
    /// Reads one JSON value from UTF-8 bytes, strictly: a map as <see cref="JsonMap"/>, a list as
    /// <c>List&lt;object&gt;</c>, a number as <c>long</c>, <c>ulong</c> or <c>double</c>.
    /// </summary>
    internal sealed class JsonReader
    {
        private const int Deepest = 512;
        private const int Names = 256;

        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        // The names of members come again with every message: each is one string.
        private readonly string[] knownNames = new string[Names];
        private char[] letters = new char[256];
        private byte[] bytes;
        private int at;
        private int end;

        /// <summary>Reads the value that fills a range of bytes.</summary>
        internal object Read(byte[] source, int start, int count)
        {
            bytes = source;
            at = start;
            end = start + count;
            try
            {
                object value = ReadValue(0);
                SkipBlanks();
                if (at != end)
                {
                    throw Broken("more text after the value");
                }
                return value;
            }
            finally
            {
                bytes = null;
                if (letters.Length > 1 << 16)
                {
                    letters = new char[256];
                }
            }
        }

        /// <summary>Reads the value that a text holds.</summary>
        internal static object Parse(string text)
        {
            byte[] source = Utf8.GetBytes(text);
            return new JsonReader().Read(source, 0, source.Length);
        }

        private JsonException Broken(string what)
        {
            return new JsonException(what + " at byte " + at);
        }

        private void SkipBlanks()
        {
            while (at < end)
            {
                byte letter = bytes[at];
                if (letter != ' ' && letter != '\t' && letter != '\n' && letter != '\r')
                {
                    return;
                }
                at++;
            }
        }

        private byte Next()
        {
            SkipBlanks();
            if (at >= end)
            {
                throw Broken("the text ends early");
            }
            return bytes[at];
        }

        private object ReadValue(int depth)
        {
            if (depth > Deepest)
            {
                throw Broken("nested too deeply");
            }
            switch (Next())
            {
                case (byte)'{':
                    return ReadMap(depth);
                case (byte)'[':
                    return ReadList(depth);
                case (byte)'"':
                    at++;
                    return ReadText();
                case (byte)'t':
                    Expect("true");
                    return true;
                case (byte)'f':
                    Expect("false");
                    return false;
                case (byte)'n':
                    Expect("null");
                    return null;
                default:
                    return ReadNumber();
            }
        }

        private void Expect(string word)
        {
            for (int index = 0; index < word.Length; index++, at++)
            {
                if (at >= end || bytes[at] != word[index])
                {
                    throw Broken("no value");
                }
            }
        }

        private JsonMap ReadMap(int depth)
        {
            JsonMap map = new JsonMap();
            at++;
            if (Next() == '}')
            {
                at++;
                return map;
            }
            while (true)
            {
                if (Next() != '"')
                {
                    throw Broken("no name of a member");
                }
                at++;
                string name = ReadName();
                if (Next() != ':')
                {
                    throw Broken("no colon");
                }
                at++;
                map.Set(name, ReadValue(depth + 1));
                byte after = Next();
                at++;
                if (after == '}')
                {
                    return map;
                }
                if (after != ',')
                {
                    throw Broken("no comma");
                }
            }
        }

        private List<object> ReadList(int depth)
        {
            List<object> list = new List<object>();
            at++;
            if (Next() == ']')
            {
                at++;
                return list;
            }
            while (true)
            {
                list.Add(ReadValue(depth + 1));
                byte after = Next();
                at++;
                if (after == ']')
                {
                    return list;
                }
                if (after != ',')
                {
                    throw Broken("no comma");
                }
            }
        }

        private string ReadName()
        {
            uint hash = 2166136261;
            int length = 0;
            for (int index = at; index < end && bytes[index] != '"'; index++, length++)
            {
                hash = (hash ^ bytes[index]) * 16777619;
            }
            if (length > 32)
            {
                return ReadText();
            }
            uint place = (hash ^ (hash >> 16)) % Names;
            string known = knownNames[place];
            if (known != null && known.Length == length && IsHere(known))
            {
                at += length + 1;
                return known;
            }
            return knownNames[place] = ReadText();
        }

        /// <summary>Whether plain letters stand here; anything else never equals bytes one by one.</summary>
        private bool IsHere(string known)
        {
            for (int index = 0; index < known.Length; index++)
            {
                if (bytes[at + index] != known[index] || known[index] >= 128 || known[index] == '\\')
                {
                    return false;
                }
            }
            return true;
        }

        /// <summary>Reads a text whose opening quote has been passed.</summary>
        private string ReadText()
        {
            int start = at;
            while (at < end)
            {
                byte letter = bytes[at];
                if (letter == '"')
                {
                    int length = at++ - start;
                    Room(length);
                    for (int index = 0; index < length; index++)
                    {
                        letters[index] = (char)bytes[start + index];
                    }
                    return new string(letters, 0, length);
                }
                if (letter == '\\' || letter >= 128 || letter < ' ')
                {
                    at = start;
                    return ReadRichText();
                }
                at++;
            }
            throw Broken("a text without an end");
        }

        private void Room(int length)
        {
            if (letters.Length < length)
            {
                letters = new char[Math.Max(length, 2 * letters.Length)];
            }
        }

        private string ReadRichText()
        {
            StringBuilder text = new StringBuilder();
            while (true)
            {
                int start = at;
                while (at < end && bytes[at] != '"' && bytes[at] != '\\')
                {
                    if (bytes[at] < ' ')
                    {
                        throw Broken("a control character in a text");
                    }
                    at++;
                }
                if (at >= end)
                {
                    throw Broken("a text without an end");
                }
                try
                {
                    text.Append(Utf8.GetString(bytes, start, at - start));
                }
                catch (ArgumentException)
                {
                    throw Broken("no UTF-8");
                }
                if (bytes[at++] == '"')
                {
                    return text.ToString();
                }
                text.Append(ReadEscape());
            }
        }

        private char ReadEscape()
        {
            if (at >= end)
            {
                throw Broken("a text without an end");
            }
            switch (bytes[at++])
            {
                case (byte)'"':
                    return '"';
                case (byte)'\\':
                    return '\\';
                case (byte)'/':
                    return '/';
                case (byte)'b':
                    return '\b';
                case (byte)'f':
                    return '\f';
                case (byte)'n':
                    return '\n';
                case (byte)'r':
                    return '\r';
                case (byte)'t':
                    return '\t';
                case (byte)'u':
                    return ReadCodeUnit();
                default:
                    throw Broken("an unknown escape");
            }
        }

        private char ReadCodeUnit()
        {
            int unit = 0;
            for (int index = 0; index < 4; index++)
            {
                int digit = at < end ? Digit(bytes[at++]) : -1;
                if (digit < 0)
                {
                    throw Broken("no four hexadecimal digits");
                }
                unit = 16 * unit + digit;
            }
            return (char)unit;
        }

        private static int Digit(byte letter)
        {
            if (letter >= '0' && letter <= '9')
            {
                return letter - '0';
            }
            int low = letter | 0x20;
            return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
        }

        private object ReadNumber()
        {
            int start = at;
            bool isNegative = bytes[at] == '-';
            if (isNegative)
            {
                at++;
            }
            int first = at;
            ulong whole = 0;
            bool isWide = false;
            while (at < end && bytes[at] >= '0' && bytes[at] <= '9')
            {
                uint digit = (uint)(bytes[at++] - '0');
                isWide |= whole > (ulong.MaxValue - digit) / 10;
                whole = 10 * whole + digit;
            }
            int digits = at - first;
            if (digits == 0 || (digits > 1 && bytes[first] == '0'))
            {
                at = start;
                throw Broken("no value");
            }
            bool isFraction = at < end && (bytes[at] == '.' || bytes[at] == 'e' || bytes[at] == 'E');
            if (!isFraction && !isWide)
            {
                if (!isNegative)
                {
                    return whole <= long.MaxValue ? (object)(long)whole : whole;
                }
                if (whole <= 1UL << 63)
                {
                    return unchecked((long)(0 - whole));
                }
            }
            SkipFraction();
            for (int index = start; index < at; index++)
            {
                Room(at - start);
                letters[index - start] = (char)bytes[index];
            }
            return Numbers.ParseDouble(new string(letters, 0, at - start));
        }

        private void SkipFraction()
        {
            if (at < end && bytes[at] == '.')
            {
                at++;
                SkipDigits();
            }
            if (at < end && (bytes[at] | 0x20) == 'e')
            {
                at++;
                if (at < end && (bytes[at] == '+' || bytes[at] == '-'))
                {
                    at++;
                }
                SkipDigits();
            }
        }

        private void SkipDigits()
        {
            int start = at;
            while (at < end && bytes[at] >= '0' && bytes[at] <= '9')
            {
                at++;
            }
            if (at == start)
            {
                throw Broken("no digit");
            }
        }
    }
}
