// The test code of the packages in `mod.rs`: a bench that measures nothing real.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace NUnit.Framework
{
    public class AssertionException : Exception
    {
        public AssertionException(string message) : base(message) { }
    }
}

namespace Lab
{
    public enum Range { Auto, Low, High }

    public class Point
    {
        public string Name { get; set; }
        public double Value { get; set; }
        public string Unit { get; set; }
        public double? HighLimit { get; set; }
    }

    public class Fragile : IDisposable
    {
        public void Use() { }

        public void Dispose() { throw new IOException("the relay sticks"); }
    }

    public class Bench : IDisposable
    {
        int calls;

        /// <summary>Takes what Python returned, and returns more.</summary>
        public static Dictionary<string, object> Mix(double volts, int samples, string[] names,
            Dictionary<string, double> gains, bool fast, Range range = Range.Auto)
        {
            Console.WriteLine("mixing {0} names", names.Length);
            return new Dictionary<string, object>
            {
                { "total", volts * samples * gains["x"] },
                { "whole", 4.0 },
                { "count", names.Length + (fast ? 1 : 0) },
                { "text", string.Join("+", names.Reverse()) },
                { "range", range },
                { "nested", new { list = new[] { 1, 2 }, exact = 1.10m, wide = ulong.MaxValue } },
            };
        }

        public List<Point> Rails()
        {
            return new List<Point>
            {
                new Point { Name = "3V3", Value = 3.31, Unit = "V" },
                new Point { Name = "RIPPLE", Value = 7, Unit = "mV", HighLimit = 20 },
            };
        }

        public async Task<double> Later(double total, CancellationToken token)
        {
            await Task.Delay(5, token);
            return total / 2;
        }

        public int Call() { return ++calls; }

        public void Dispose() { File.WriteAllText("closed", calls.ToString()); }

        public static void Breaks() { throw new InvalidOperationException("the DMM does not answer"); }

        public static void IsDark() { throw new NUnit.Framework.AssertionException("LED 3 is dark"); }

        public static void Sleeps()
        {
            try { Thread.Sleep(60000); }
            finally { Console.WriteLine("cleaned up"); }
        }

        public static Task Deaf() { return Task.Delay(60000); }

        public static void Dies() { Process.GetCurrentProcess().Kill(); Thread.Sleep(60000); }
    }
}
