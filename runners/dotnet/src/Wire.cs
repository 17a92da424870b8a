using System;
using System.Collections.Generic;

namespace Maestro.Runner
{
    /// <summary>An answer with an error object.</summary>
    internal sealed class Refusal : Exception
    {
        internal const int NotFound = -32601;
        internal const int InvalidParams = -32602;
        internal const int Internal = -32603;
        internal const int Exception = -32000;
        internal const int NobodyAnswers = -32001;
        internal const int Assertion = -32003;
        internal const int Cancelled = -32800;

        internal readonly int Code;
        internal readonly JsonMap Details;

        internal Refusal(int code, string message, JsonMap details = null)
            : base(message)
        {
            Code = code;
            Details = details;
        }
    }

    /// <summary>
    /// Messages to the engine. Each goes out as one whole line: the line is made and written in
    /// <c>finally</c> blocks, into which no abort of a thread strikes.
    /// </summary>
    internal static class Wire
    {
        /// <summary>The longest line that the engine takes.</summary>
        private const int LongestLine = 16 << 20;

        private static readonly object Gate = new object();
        private static readonly JsonWriter Writer = new JsonWriter();

        internal static void Answer(object id, object result)
        {
            try
            {
            }
            finally
            {
                lock (Gate)
                {
                    Begin("{\"jsonrpc\":\"2.0\",\"id\":").Value(id);
                    Writer.Literal(",\"result\":").Value(result);
                    if (Writer.Count >= LongestLine)
                    {
                        string size = (Writer.Count >> 20) + " MiB";
                        WriteError(id, new Refusal(
                            Refusal.Exception,
                            "the result takes " + size + ", and a message may have 16 MiB; return a file as an artifact",
                            new JsonMap().Set("kind", "System.OverflowException").Set("traceback", "")));
                    }
                    End();
                }
            }
        }

        internal static void Refuse(object id, Refusal refusal)
        {
            try
            {
            }
            finally
            {
                lock (Gate)
                {
                    WriteError(id, refusal);
                    End();
                }
            }
        }

        internal static void Notify(string method, JsonMap parameters)
        {
            try
            {
            }
            finally
            {
                lock (Gate)
                {
                    Begin("{\"jsonrpc\":\"2.0\",\"method\":\"").Literal(method);
                    Writer.Literal("\",\"params\":").Value(parameters);
                    End();
                }
            }
        }

        internal static void Ask(string id, string method, JsonMap parameters)
        {
            try
            {
            }
            finally
            {
                lock (Gate)
                {
                    Begin("{\"jsonrpc\":\"2.0\",\"id\":").Text(id);
                    Writer.Literal(",\"method\":\"").Literal(method);
                    Writer.Literal("\",\"params\":").Value(parameters);
                    End();
                }
            }
        }

        /// <summary>A line in the log of the run: debug, info, warning or error.</summary>
        internal static void Log(string level, string message)
        {
            Notify("log", new JsonMap().Set("level", level).Set("message", message));
        }

        private static JsonWriter Begin(string text)
        {
            Writer.Clear();
            return Writer.Literal(text);
        }

        private static void End()
        {
            Writer.Literal("}\n");
            Streams.Write(Writer.Bytes, Writer.Count);
        }

        private static void WriteError(object id, Refusal refusal)
        {
            Begin("{\"jsonrpc\":\"2.0\",\"id\":").Value(id);
            Writer.Literal(",\"error\":{\"code\":").Value(refusal.Code);
            Writer.Literal(",\"message\":").Text(refusal.Message);
            if (refusal.Details != null)
            {
                Writer.Literal(",\"data\":").Value(refusal.Details);
            }
            Writer.Literal("}");
        }
    }
}
