using System;
using System.Reflection;

[assembly: AssemblyTitle("The .NET runner of Maestro")]
[assembly: AssemblyVersion("1.0.0.0")]

namespace Maestro.Runner
{
    /// <summary>
    /// The .NET runner: requests on standard input, answers on standard output; see
    /// maestro-runner(7). The main thread runs the user's code itself.
    ///
    /// The source keeps to C# 5, which every compiler since .NET Framework 4.5 reads, and to mscorlib
    /// wherever the start or a call would wait for another assembly to load.
    /// </summary>
    internal static class Program
    {
        internal static readonly bool IsMono = Type.GetType("Mono.Runtime") != null;

        private static int Main()
        {
            Streams.Move();
            Requests requests = Requests.Start();
            new Server(requests).Serve();
            Streams.Flush();
            End();
            return 0;
        }

        /// <summary>
        /// Ends the process, whatever threads user code left behind. Mono's own way hangs now and then
        /// when another thread runs, so there only what user code has asked for is done.
        /// </summary>
        private static void End()
        {
            if (Streams.IsUnix && IsMono)
            {
                const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;
                FieldInfo handlers = typeof(AppDomain).GetField("ProcessExit", Hidden);
                if (handlers != null)
                {
                    EventHandler handler = handlers.GetValue(AppDomain.CurrentDomain) as EventHandler;
                    try
                    {
                        if (handler != null)
                        {
                            handler(AppDomain.CurrentDomain, EventArgs.Empty);
                        }
                    }
                    catch (Exception problem)
                    {
                        Console.Error.WriteLine("a handler of ProcessExit failed: " + problem);
                    }
                    Streams.Flush();
                    Native.ExitNow(0);
                }
            }
            Environment.Exit(0);
        }
    }
}
