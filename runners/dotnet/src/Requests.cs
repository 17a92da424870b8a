using System;
using System.Collections.Generic;
using System.Threading;

namespace Maestro.Runner
{
    /// <summary>
    /// What arrives from the engine. A cancel and the answer to a prompt act at once, on the thread
    /// that reads them; requests wait until the main thread asks for the next one.
    /// </summary>
    internal abstract class Requests
    {
        /// <summary>How long code may go on after the engine is gone; the limit is one second.</summary>
        private const int HangUpGraceMs = 700;

        private const int MostKept = 1 << 16;

        protected readonly object Gate = new object();
        protected readonly byte[] Chunk = new byte[1 << 16];

        private readonly List<JsonMap> waiting = new List<JsonMap>();
        private readonly JsonReader reader = new JsonReader();
        private byte[] partial = new byte[1024];
        private int kept;

        /// <summary>The engine has closed its end.</summary>
        internal bool IsAtEnd { get; private set; }

        protected bool IsEmpty
        {
            get { return waiting.Count == 0; }
        }

        /// <summary>The next request, waited for; null after the last one.</summary>
        internal abstract JsonMap Next();

        /// <summary>A call begins. Called by the main thread, at a cost that every call pays.</summary>
        internal abstract void CallBegins();

        /// <summary>Begins reading, in the way that this system allows.</summary>
        internal static Requests Start()
        {
            bool byThread = Environment.GetEnvironmentVariable("MAESTRO_RUNNER_READER") == "thread";
            if (Streams.IsUnix && !byThread)
            {
                return new PolledRequests();
            }
            return new ThreadedRequests();
        }

        protected JsonMap First()
        {
            JsonMap first = waiting[0];
            waiting.RemoveAt(0);
            return first;
        }

        /// <summary>Takes what was read into <see cref="Chunk"/>, sorted by line.</summary>
        protected void Take(int count)
        {
            if (count == 0)
            {
                IsAtEnd = true;
                Call.HangUp();
                return;
            }
            int from = 0;
            while (from < count)
            {
                int end = Array.IndexOf(Chunk, (byte)'\n', from, count - from);
                if (end < 0)
                {
                    Keep(from, count - from);
                    return;
                }
                if (kept == 0)
                {
                    Sort(Chunk, from, end - from);
                }
                else
                {
                    Keep(from, end - from);
                    Sort(partial, 0, kept);
                    kept = 0;
                    if (partial.Length > MostKept)
                    {
                        partial = new byte[1024];
                    }
                }
                from = end + 1;
            }
        }

        /// <summary>Ends the process a moment after the engine has gone, if it has not ended by itself.</summary>
        internal static void EndSoon()
        {
            Thread.Sleep(HangUpGraceMs);
            if (Streams.IsUnix)
            {
                Native.ExitNow(1);
            }
            Environment.FailFast("the engine is gone, and test code goes on");
        }

        private void Keep(int from, int count)
        {
            if (kept + count > partial.Length)
            {
                Array.Resize(ref partial, Math.Max(kept + count, 2 * partial.Length));
            }
            Buffer.BlockCopy(Chunk, from, partial, kept, count);
            kept += count;
        }

        private void Sort(byte[] bytes, int from, int count)
        {
            if (count == 0)
            {
                return;
            }
            JsonMap message;
            try
            {
                message = reader.Read(bytes, from, count) as JsonMap;
            }
            catch (JsonException problem)
            {
                Wire.Log("warning", "ignored a line that is no message (" + problem.Message + ")");
                return;
            }
            if (message == null)
            {
                Wire.Log("warning", "ignored a line that is no message (no object)");
                return;
            }
            string method = message.GetText("method");
            if (method == "cancel")
            {
                JsonMap parameters = message.GetMap("params");
                if (parameters != null && parameters.Get("id") != null)
                {
                    Call.Cancel(parameters.Get("id"));
                }
            }
            else if (method == null)
            {
                Prompts.Answered(message);
            }
            else
            {
                waiting.Add(message);
            }
        }
    }

    /// <summary>
    /// The main thread reads by itself, so that a short call costs no change of threads. A watcher
    /// looks every few milliseconds whether one call goes on and on; then it reads what arrives.
    /// </summary>
    internal sealed class PolledRequests : Requests
    {
        private const int LookMs = 5;
        private const int IdleLooks = 40;
        private const int WaitMs = 100;

        private readonly AutoResetEvent wake = new AutoResetEvent(false);
        private readonly Native.PollFd[] mine = NewPoll();
        private readonly Native.PollFd[] watched = NewPoll();
        private readonly int spinUs;
        private volatile bool isWatching;

        internal PolledRequests()
        {
            int.TryParse(Environment.GetEnvironmentVariable("MAESTRO_RUNNER_SPIN_US"), out spinUs);
            Thread watcher = new Thread(Watch, 256 * 1024);
            watcher.IsBackground = true;
            watcher.Start();
        }

        internal override JsonMap Next()
        {
            lock (Gate)
            {
                while (IsEmpty)
                {
                    if (IsAtEnd)
                    {
                        return null;
                    }
                    if (spinUs > 0)
                    {
                        Spin();
                    }
                    Take(Streams.Read(Chunk));
                }
                return First();
            }
        }

        internal override void CallBegins()
        {
            // Between setting the call and looking: the watcher does both the other way round.
            Thread.MemoryBarrier();
            if (!isWatching)
            {
                isWatching = true;
                wake.Set();
            }
        }

        private static Native.PollFd[] NewPoll()
        {
            return new[] { new Native.PollFd { Descriptor = Streams.Input, Events = Native.PollIn } };
        }

        /// <summary>Looks for the next request for a while before sleeping: waking takes time.</summary>
        private void Spin()
        {
            long end = DateTime.UtcNow.Ticks + 10L * spinUs;
            while (!Native.CanRead(mine, 0) && DateTime.UtcNow.Ticks < end)
            {
            }
        }

        private void Watch()
        {
            Call last = null;
            int looks = 0;
            while (true)
            {
                Call call = Call.Current;
                if (call == null)
                {
                    if (++looks > IdleLooks)
                    {
                        isWatching = false;
                        Thread.MemoryBarrier();
                        if (Call.Current == null)
                        {
                            wake.WaitOne();
                        }
                        isWatching = true;
                        looks = 0;
                    }
                    Thread.Sleep(LookMs);
                }
                else if (call != last)
                {
                    looks = 0;
                    last = call;
                    Thread.Sleep(LookMs);
                }
                else if (Native.CanRead(watched, WaitMs))
                {
                    Pump(call);
                }
            }
        }

        /// <summary>Reads on behalf of the main thread, which is busy with a call.</summary>
        private void Pump(Call call)
        {
            bool isOver;
            lock (Gate)
            {
                // Between calls the main thread reads, and must not be robbed of what it waits for.
                if (Call.Current != call || !Native.CanRead(watched, 0))
                {
                    return;
                }
                if (!IsAtEnd)
                {
                    Take(Streams.Read(Chunk));
                }
                isOver = IsAtEnd;
            }
            if (isOver)
            {
                EndSoon();
            }
        }
    }

    /// <summary>A thread of its own reads everything and hands requests over.</summary>
    internal sealed class ThreadedRequests : Requests
    {
        internal ThreadedRequests()
        {
            Thread thread = new Thread(ReadAll, 256 * 1024);
            thread.IsBackground = true;
            thread.Start();
        }

        internal override JsonMap Next()
        {
            lock (Gate)
            {
                while (IsEmpty)
                {
                    if (IsAtEnd)
                    {
                        return null;
                    }
                    Monitor.Wait(Gate);
                }
                return First();
            }
        }

        internal override void CallBegins()
        {
        }

        private void ReadAll()
        {
            while (!IsAtEnd)
            {
                int count = Streams.Read(Chunk);
                lock (Gate)
                {
                    Take(count);
                    Monitor.PulseAll(Gate);
                }
            }
            EndSoon();
        }
    }
}
