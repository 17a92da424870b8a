using System;
using System.Collections.Generic;
using System.Threading;

namespace Maestro.Runner
{
    /// <summary>Questions to the operator that wait for their answers.</summary>
    internal static class Prompts
    {
        private static readonly object Gate = new object();
        private static readonly Dictionary<string, JsonMap> Open = new Dictionary<string, JsonMap>();
        private static int count;

        /// <summary>Asks and waits. A call that is cancelled meanwhile gets an exception.</summary>
        internal static JsonMap Ask(Call call, JsonMap parameters)
        {
            string id = "p" + Interlocked.Increment(ref count);
            try
            {
                Note(id);
                Wire.Ask(id, "prompt", parameters);
                lock (Gate)
                {
                    while (Open[id] == null)
                    {
                        if (call.IsCancelled)
                        {
                            throw new OperationCanceledException("cancelled by the engine");
                        }
                        Monitor.Wait(Gate, 1000);
                    }
                    return Open[id];
                }
            }
            finally
            {
                lock (Gate)
                {
                    Open.Remove(id);
                }
            }
        }

        private static void Note(string id)
        {
            try
            {
            }
            finally
            {
                // No abort strikes here.
                lock (Gate)
                {
                    Open[id] = null;
                }
            }
        }

        /// <summary>An answer has come. One that nobody waits for any more is nothing.</summary>
        internal static void Answered(JsonMap message)
        {
            string id = message.GetText("id");
            lock (Gate)
            {
                // The first answer counts.
                if (id != null && Open.ContainsKey(id) && Open[id] == null)
                {
                    Open[id] = message;
                    Monitor.PulseAll(Gate);
                }
            }
        }

        internal static void WakeAll()
        {
            lock (Gate)
            {
                Monitor.PulseAll(Gate);
            }
        }
    }
}
