using System;
using System.Collections.Generic;
using System.Threading;

namespace Maestro.Runner
{
    /// <summary>
    /// One <c>execute</c>, from its request to its answer, and the ways to end it early: its token,
    /// then an abort of the thread, or an interrupt where the runtime knows no aborts.
    /// </summary>
    internal sealed class Call
    {
        /// <summary>How long code that hears the token is left alone.</summary>
        private const int TokenGraceMs = 200;

        private const int NotBegun = 0;
        private const int Running = 1;
        private const int Struck = 2;
        private const int Left = 3;

        /// <summary>The call that is being served.</summary>
        internal static volatile Call Current;

        // Perhaps of a request that still waits.
        private static object lastCancelled;
        private static bool canAbort = Environment.Version.Major == 4;

        internal readonly object Id;
        internal readonly JsonMap Params;

        /// <summary>Measurements and artifacts that the code has told so far.</summary>
        internal readonly Findings Findings = new Findings();

        private readonly Thread thread = Thread.CurrentThread;
        private readonly object gate = new object();
        private CancellationTokenSource source;
        private int state = NotBegun;
        private int cancelled;
        private volatile bool hearsToken;
        private volatile bool isDelivered;
        private volatile bool isAborted;
        private volatile bool isWaiting;
        private int warned;

        internal Call(object id, JsonMap parameters)
        {
            Id = id;
            Params = parameters;
        }

        internal bool IsCancelled
        {
            get { return Volatile.Read(ref cancelled) != 0; }
        }

        /// <summary>The token of the call. Code that asks for it is trusted to obey it.</summary>
        internal CancellationToken Token
        {
            get
            {
                hearsToken = true;
                lock (gate)
                {
                    if (source == null)
                    {
                        source = new CancellationTokenSource();
                        if (IsCancelled)
                        {
                            source.Cancel();
                        }
                    }
                    return source.Token;
                }
            }
        }

        /// <summary>Makes this the call that is served; it may be cancelled already.</summary>
        internal void Begin()
        {
            Current = this;
            Thread.MemoryBarrier();
            if (Id.Equals(lastCancelled))
            {
                BeCancelled();
            }
        }

        /// <summary>The engine cancels a call. An id that was answered already is nobody's.</summary>
        internal static void Cancel(object id)
        {
            // Noted first: a call that begins at this moment sees one of the two.
            lastCancelled = id;
            Thread.MemoryBarrier();
            Call call = Current;
            if (call != null && call.Id.Equals(id))
            {
                call.BeCancelled();
            }
        }

        /// <summary>The engine is gone: whatever runs is cancelled.</summary>
        internal static void HangUp()
        {
            Call call = Current;
            if (call != null)
            {
                call.BeCancelled();
            }
        }

        private void BeCancelled()
        {
            if (Interlocked.Exchange(ref cancelled, 1) != 0)
            {
                return;
            }
            Prompts.WakeAll();
            WarnOfDeafness();
            lock (gate)
            {
                if (source != null)
                {
                    // What is registered with the token is user code and may take long.
                    CancellationTokenSource told = source;
                    InBackground(delegate { Tell(told); });
                }
            }
            // An abort waits for `finally` blocks on some runtimes, and whoever reads must not.
            InBackground(Strike);
        }

        private static void InBackground(ThreadStart work)
        {
            Thread thread = new Thread(work, 256 * 1024);
            thread.IsBackground = true;
            thread.Start();
        }

        private static void Tell(CancellationTokenSource source)
        {
            try
            {
                source.Cancel();
            }
            catch (AggregateException problem)
            {
                Wire.Log("warning", "a callback of the cancellation token failed: " + problem.InnerException);
            }
        }

        /// <summary>
        /// Runs user code on the thread of the call, which may be struck until the code is through,
        /// and at no other place. Returns whatever it ended with: null, or an exception.
        /// </summary>
        internal Exception Guard(Action code)
        {
            Exception problem = null;
            Statics.Prepare();
            try
            {
                Interlocked.CompareExchange(ref state, Running, NotBegun);
                if (!IsCancelled)
                {
                    try
                    {
                        code();
                    }
                    catch (ThreadAbortException)
                    {
                        throw;
                    }
                    catch (Exception thrown)
                    {
                        problem = thrown;
                    }
                }
                Leave();
            }
            catch (ThreadAbortException thrown)
            {
                Thread.ResetAbort();
                // Not ours: the code has aborted itself.
                problem = Volatile.Read(ref state) == Struck ? null : thrown;
            }
            catch (ThreadInterruptedException)
            {
                // The strike, which came too late to end anything.
            }
            Volatile.Write(ref state, Left);
            return problem;
        }

        /// <summary>
        /// From here on nothing strikes: code that only waits for others cannot be ended this way.
        /// </summary>
        internal void Leave()
        {
            if (Interlocked.CompareExchange(ref state, Left, Running) != Struck)
            {
                return;
            }
            while (!isDelivered)
            {
                Thread.Sleep(1);
            }
            // The blow falls in here, if it has not fallen before.
            for (int look = 0; look < (isAborted ? 1000 : 1); look++)
            {
                Thread.Sleep(1);
            }
        }

        /// <summary>The thread of the call waits for code that runs elsewhere.</summary>
        internal void WaitForOthers()
        {
            Leave();
            isWaiting = true;
            if (IsCancelled)
            {
                WarnOfDeafness();
            }
        }

        private void WarnOfDeafness()
        {
            if (isWaiting && !hearsToken && Interlocked.Exchange(ref warned, 1) == 0)
            {
                Wire.Log(
                    "warning",
                    "asynchronous code without a CancellationToken parameter cannot be ended early, only killed");
            }
        }

        /// <summary>
        /// Lets an interrupt strike code that calls us and never waits. An abort needs no such place.
        /// </summary>
        internal void Listen()
        {
            if (isDelivered && !isAborted && Thread.CurrentThread == thread)
            {
                Thread.Sleep(0);
            }
        }

        private void Strike()
        {
            if (hearsToken)
            {
                Thread.Sleep(TokenGraceMs);
            }
            if (Interlocked.CompareExchange(ref state, Struck, Running) != Running)
            {
                return;
            }
            try
            {
                isAborted = canAbort;
                if (canAbort)
                {
                    thread.Abort();
                }
                else
                {
                    thread.Interrupt();
                }
            }
            catch (PlatformNotSupportedException)
            {
                isAborted = canAbort = false;
                thread.Interrupt();
            }
            finally
            {
                isDelivered = true;
            }
        }

        /// <summary>The call is answered.</summary>
        internal void End()
        {
            Current = null;
        }
    }

    /// <summary>What a call has found beside its outputs.</summary>
    internal sealed class Findings
    {
        private readonly object gate = new object();

        internal List<object> Points { get; private set; }

        internal List<object> Files { get; private set; }

        internal void AddPoint(JsonMap point)
        {
            lock (gate)
            {
                Points = Points ?? new List<object>();
                Points.Add(point);
            }
        }

        internal void AddFile(JsonMap file)
        {
            lock (gate)
            {
                Files = Files ?? new List<object>();
                Files.Add(file);
            }
        }
    }
}
