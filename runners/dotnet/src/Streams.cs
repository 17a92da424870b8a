using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Maestro.Runner
{
    /// <summary>
    /// The descriptors of the process. Before any user code is loaded the protocol moves to private
    /// duplicates, standard input becomes empty and standard output becomes standard error, so that
    /// what test code, native libraries and child processes print is log and nothing else.
    /// </summary>
    internal static class Streams
    {
        internal static readonly bool IsUnix = Path.DirectorySeparatorChar == '/';

        private static Stream input;
        private static Stream output;
        private static Stream log;
        private static int outputDescriptor;
        private static LogText console;
        private static LogText errors;

        /// <summary>The descriptor that requests arrive on, where there are descriptors.</summary>
        internal static int Input { get; private set; }

        internal static void Move()
        {
            if (IsUnix)
            {
                Input = Native.DuplicatePrivately(0);
                outputDescriptor = Native.DuplicatePrivately(1);
                Native.PointAtNothing(0);
                Native.Point(1, 2);
            }
            else
            {
                MoveHandles();
            }
            console = new LogText();
            errors = new LogText();
            Console.SetOut(console);
            Console.SetError(errors);
            Console.SetIn(TextReader.Null);
        }

        /// <summary>
        /// The same for Windows. A native library that has opened its standard output already keeps
        /// it; what managed code and child processes print is log.
        /// </summary>
        private static void MoveHandles()
        {
            input = Console.OpenStandardInput();
            output = Console.OpenStandardOutput();
            log = Console.OpenStandardError();
            SetHandleInformation(GetStdHandle(StandardInput), 1, 0);
            SetHandleInformation(GetStdHandle(StandardOutput), 1, 0);
            SetStdHandle(StandardInput, IntPtr.Zero);
            SetStdHandle(StandardOutput, GetStdHandle(StandardError));
        }

        /// <summary>Reads requests into a buffer; 0 at the end.</summary>
        internal static int Read(byte[] bytes)
        {
            if (IsUnix)
            {
                return Native.Read(Input, bytes);
            }
            try
            {
                return input.Read(bytes, 0, bytes.Length);
            }
            catch (IOException)
            {
                return 0;
            }
        }

        /// <summary>Writes answers; when the engine is gone nobody misses them.</summary>
        internal static void Write(byte[] bytes, int count)
        {
            Write(output, outputDescriptor, bytes, count);
        }

        /// <summary>Writes to the log of the run.</summary>
        internal static void WriteLog(byte[] bytes, int count)
        {
            Write(log, 2, bytes, count);
        }

        /// <summary>Lets what was printed without an end of line reach the log.</summary>
        internal static void Flush()
        {
            console.FlushRest();
            errors.FlushRest();
        }

        private static void Write(Stream stream, int descriptor, byte[] bytes, int count)
        {
            if (IsUnix)
            {
                Native.Write(descriptor, bytes, count);
                return;
            }
            try
            {
                stream.Write(bytes, 0, count);
                stream.Flush();
            }
            catch (IOException)
            {
            }
        }

        private const int StandardInput = -10;
        private const int StandardOutput = -11;
        private const int StandardError = -12;

        [DllImport("kernel32")]
        private static extern IntPtr GetStdHandle(int number);

        [DllImport("kernel32")]
        private static extern int SetStdHandle(int number, IntPtr handle);

        [DllImport("kernel32")]
        private static extern int SetHandleInformation(IntPtr handle, int mask, int flags);
    }

    /// <summary>
    /// What <see cref="Console"/> writes to: whole lines of UTF-8 to the log, whatever the locale.
    /// It outlives the call that prints, which may be aborted at any place but <c>finally</c> blocks:
    /// a text builder that is cut off while it grows never works again.
    /// </summary>
    internal sealed class LogText : TextWriter
    {
        private const int LongestHeldBack = 8192;

        private readonly StringBuilder line = new StringBuilder();

        internal LogText()
            : base(Numbers.Invariant)
        {
            CoreNewLine = new[] { '\n' };
        }

        public override Encoding Encoding
        {
            get { return Encoding.UTF8; }
        }

        public override void Write(char value)
        {
            try
            {
            }
            finally
            {
                lock (line)
                {
                    line.Append(value);
                    if (value == '\n' || line.Length > LongestHeldBack)
                    {
                        Flush();
                    }
                }
            }
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Write(new string(buffer, index, count));
        }

        public override void Write(string value)
        {
            if (string.IsNullOrEmpty(value))
            {
                return;
            }
            try
            {
            }
            finally
            {
                lock (line)
                {
                    line.Append(value);
                    if (value.IndexOf('\n') >= 0 || line.Length > LongestHeldBack)
                    {
                        Flush();
                    }
                }
            }
        }

        public override void WriteLine()
        {
            Write("\n");
        }

        public override void WriteLine(string value)
        {
            Write(value + "\n");
        }

        public override void Flush()
        {
            try
            {
            }
            finally
            {
                lock (line)
                {
                    if (line.Length > 0)
                    {
                        byte[] bytes = Encoding.UTF8.GetBytes(line.ToString());
                        line.Length = 0;
                        Streams.WriteLog(bytes, bytes.Length);
                    }
                }
            }
        }

        /// <summary>Ends a line that was begun, so that the next call begins one of its own.</summary>
        internal void FlushRest()
        {
            if (line.Length > 0)
            {
                Flush();
            }
        }
    }
}
