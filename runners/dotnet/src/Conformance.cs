using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Maestro.Runner
{
    /// <summary>Targets for <c>maestro runner check</c>; see maestro-runner(7), CONFORMANCE.</summary>
    internal static class Conformance
    {
        public static Dictionary<string, object> echo(object value)
        {
            return new Dictionary<string, object> { { "value", value } };
        }

        public static void fail(string reason)
        {
            throw new FailException(reason);
        }

        public static void crash(string reason)
        {
            throw new InvalidOperationException(reason);
        }

        public static void wait(double seconds = 30)
        {
            Step.Progress(0, "waiting");
            Thread.Sleep(TimeSpan.FromSeconds(seconds));
        }

        public static void log(string message)
        {
            Step.Log(message, "warning");
        }

        public static void noise(string text)
        {
            Console.WriteLine(text);
            ProcessStartInfo child = new ProcessStartInfo("echo", text);
            child.UseShellExecute = false;
            using (Process process = Process.Start(child))
            {
                process.WaitForExit();
            }
        }

        public static void flood(int count)
        {
            for (int number = 1; number <= count; number++)
            {
                Step.Log("line " + number, "info");
                Console.WriteLine("line " + number);
            }
        }

        public static Dictionary<string, object> ask(string message)
        {
            Reply reply = Step.Prompt(message, new Button("yes", "pass"), new Button("no", "pass"));
            return new Dictionary<string, object> { { "value", reply.Button } };
        }

        public static Dictionary<string, object> read()
        {
            return new Dictionary<string, object> { { "value", Console.In.ReadToEnd() } };
        }

        public static void measure(string name, double value, string unit)
        {
            Step.Measure(name, value, unit);
        }
    }
}
