// Test code as people write it, for the tests beside this folder. It has no reference to the runner.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;

namespace NUnit.Framework
{
    public class AssertionException : Exception
    {
        public AssertionException(string message) : base(message) { }
    }

    public class SuccessException : Exception { }
}

namespace Microsoft.VisualStudio.TestTools.UnitTesting
{
    public class AssertFailedException : Exception
    {
        public AssertFailedException(string message) : base(message) { }
    }
}

namespace Xunit.Sdk
{
    public class XunitException : Exception
    {
        public XunitException(string message) : base(message) { }
    }

    public class EqualException : XunitException
    {
        public EqualException() : base("Assert.Equal() Failure") { }
    }
}

namespace Probe
{
    public enum Range { Auto, Low = 5, High }

    [Flags]
    public enum Rails { None = 0, Core = 1, Io = 2 }

    public class Setting
    {
        public string Key { get; set; }
        public double Level { get; set; }
        public int[] Channels { get; set; }
        public Setting Next { get; set; }
        public int Count;
    }

    public class Point
    {
        public string Name { get; set; }
        public object Value { get; set; }
        public string Unit { get; set; }
        public double? LowLimit { get; set; }
        public double? HighLimit { get; set; }
    }

    public class Rail
    {
        public double Volts { get; set; }
        public float Amps;
        public Point Ripple { get; set; }
        public List<Point> Points { get; set; }
        public Range Range { get; set; }
        public string this[int index] { get { return "no"; } }
    }

    public static class Takes
    {
        static Dictionary<string, object> Seen(params object[] values)
        {
            var seen = new Dictionary<string, object>();
            foreach (var value in values)
                seen["v" + seen.Count] = value == null ? "null" : value.GetType().Name + " "
                    + Convert.ToString(value, CultureInfo.InvariantCulture);
            return seen;
        }

        public static object Numbers(int i, double d, decimal m, byte b = 7, float f = 0.5f) { return Seen(i, d, m, b, f); }
        public static object Texts(string s, char c = 'x', bool t = true) { return Seen(s, c, t); }
        public static object Nullable(int? i, double? d = null, Range? r = null) { return Seen(i, d, r); }
        public static object Enums(Range range, Rails rails = Rails.None) { return Seen(range, rails); }
        public static object Times(DateTime at, TimeSpan wait, DateTimeOffset? zone = null)
        { return Seen(at.ToString("o"), wait, zone == null ? "" : zone.Value.ToString("o")); }
        public static object Others(Guid id, Version version, Uri uri = null) { return Seen(id, version, uri); }
        public static object Lists(int[] a, List<double> l, IEnumerable<string> e, IReadOnlyList<Range> r)
        { return Seen(string.Join(",", a), string.Join(",", l), string.Join(",", e), string.Join(",", r)); }
        public static object Sets(HashSet<int> set, IDictionary<string, double> map, Dictionary<Range, int[]> byRange)
        { return Seen(set.Count, map["x"], byRange[Range.High][1]); }
        public static object Anything(object o)
        {
            var map = o as IDictionary<string, object>;
            return Seen(o, map == null ? null : map["a"]);
        }
        public static object Object(Setting setting) { return Seen(setting.Key, setting.Level, setting.Channels.Length, setting.Next.Count); }
        public static object Defaults(int i = 3, string s = "d", Range r = Range.Low, DateTime at = default(DateTime), decimal m = 1.5m, double? n = null)
        { return Seen(i, s, r, at.Year, m, n); }
        public static object Some(string name, params double[] values) { return Seen(name, values.Length); }
        public static double[] Echo(double[] values) { return values; }
        public static long[] Wide(long least, ulong most, short small) { return new[] { least, (long)(most - 1), small }; }
        public static object NoStep(IntPtr handle) { return null; }

        public static string Over(int a) { return "int"; }
        public static string Over(double a) { return "double"; }
        public static string Over(string a) { return "string"; }
        public static string Over(int a, int b) { return "int, int"; }
        public static string Over(int[] a) { return "array"; }
        public static string Over(DateTime a, bool fast = false) { return "time"; }

        public static int Out(int x, out double half, ref string text)
        {
            half = x / 2.0;
            text += "!";
            return x;
        }
    }

    public static class Gives
    {
        public static void Nothing() { }
        public static object Null() { return null; }
        public static bool Bool() { return true; }
        public static double Whole() { return 3; }
        public static float Single() { return 0.1f; }
        public static decimal Exact() { return 1.10m; }
        public static DateTime Time() { return new DateTime(2026, 11, 21, 8, 30, 0, DateTimeKind.Utc); }
        public static TimeSpan Span() { return TimeSpan.FromSeconds(1.5); }
        public static Range Enum() { return Range.High; }
        public static Dictionary<string, double> Map() { return new Dictionary<string, double> { { "a", 1 }, { "b", 0.3 } }; }
        public static IDictionary Hash() { return new Hashtable { { 1, "one" } }; }
        public static System.Dynamic.ExpandoObject Expando()
        {
            var made = new System.Dynamic.ExpandoObject();
            ((IDictionary<string, object>)made)["x"] = new[] { 1, 2 };
            return made;
        }
        public static object Anonymous() { return new { volts = 3.3, state = "ok", inner = new { a = 1 } }; }
        public static Point Measurement() { return new Point { Name = "3V3", Value = 3.301, Unit = "V", LowLimit = 3.2 }; }
        public static IEnumerable<Point> Measurements()
        {
            for (int i = 0; i < 3; i++)
                yield return new Point { Name = "CH" + i, Value = i * 0.5, Unit = "V" };
        }
        public static object[] Mix() { return new object[] { new Point { Name = "A", Value = 1 }, new Dictionary<string, object> { { "b", 2 } } }; }
        public static Rail Rail()
        {
            return new Rail
            {
                Volts = 3.3,
                Amps = 0.1f,
                Range = Range.Low,
                Ripple = new Point { Name = "RIPPLE", Value = 0.01m, Unit = "V" },
                Points = new List<Point> { new Point { Name = "P1", Value = double.NaN } },
            };
        }
        public static Dictionary<string, Point> Points() { return new Dictionary<string, Point> { { "k", new Point { Name = "K", Value = 5 } } }; }
        public static double[,] Matrix() { return new double[,] { { 1, 2 }, { 3, 4 } }; }
        public static List<int> List() { return new List<int> { 1, 2, 3 }; }
        public static (double Volts, int Count) Named() { return (3.3, 2); }
        public static Tuple<int, string> Tuple() { return System.Tuple.Create(1, "a"); }
        public static byte[] Bytes() { return new byte[] { 1, 2, 255 }; }
        public static Dictionary<string, object> Waveform() { return new Dictionary<string, object> { { "scope", new byte[] { 7 } } }; }
        public static Dictionary<string, object> Odd()
        {
            return new Dictionary<string, object>
            {
                { "wide", BigInteger.Pow(2, 64) }, { "edge", ulong.MaxValue }, { "gap", double.NaN },
                { "top", double.PositiveInfinity }, { "text", "Ω 😀 \u2028\u0007\"\\" }, { "half", "\ud800" },
                { "version", new Version(1, 2) }, { "uri", new Uri("http://x/") }, { "char", 'c' },
                { "complex", new Complex(1, 2) }, { "error", new IOException("e") }, { "low", float.NegativeInfinity },
            };
        }
        public static object Stream() { return new MemoryStream(); }
        public static object Endless() { var list = new List<object>(); list.Add(list); return list; }
        public static string Large(int length) { return new string('x', length); }
        public static Setting Loop() { var s = new Setting(); s.Next = s; return s; }
    }

    public class Fails
    {
        public static void Exception() { throw new IOException("the DMM does not answer"); }
        public static void Inner() { try { Exception(); } catch (IOException e) { throw new InvalidOperationException("no reading", e); } }
        public static void NUnit() { throw new NUnit.Framework.AssertionException("  Expected: 3\n  But was: 2\n"); }
        public static void MSTest() { throw new Microsoft.VisualStudio.TestTools.UnitTesting.AssertFailedException("Assert.IsTrue failed."); }
        public static void XUnit() { throw new Xunit.Sdk.EqualException(); }
        public static void Passes() { throw new NUnit.Framework.SuccessException(); }
        public static void Aborts() { Thread.CurrentThread.Abort(); }
        public static async Task Later() { await Task.Delay(1); throw new TimeoutException("later"); }
        public static void Several() { Task.WaitAll(Task.Run(() => Exception()), Task.Run(() => Exception())); }
        internal static void Hidden() { }
        public static void General<T>() { }
        public static void Dies() { Environment.Exit(3); }
    }

    public class Counter : IDisposable
    {
        int count;
        public static int Made;
        public Counter() { Made++; Console.WriteLine("counter made"); }
        public int Next() { return ++count; }
        public virtual string Who() { return "counter"; }
        public static int HowMany() { return Made; }
        public void Dispose() { Console.WriteLine("counter disposed of"); }
    }

    public class SlowCounter : Counter, IDisposable
    {
        public override string Who() { return "slow " + base.Who(); }
        void IDisposable.Dispose() { Thread.Sleep(700); Console.WriteLine("slow one disposed of"); }
    }

    public static class AtEnd
    {
        public static void Register()
        {
            AppDomain.CurrentDomain.ProcessExit += delegate { Console.WriteLine("the process ends"); };
            new Thread(() => Thread.Sleep(60000)).Start();
        }
    }

    public class BadEnd : IDisposable
    {
        public void Touch() { }
        public void Dispose() { throw new IOException("stuck"); }
    }

    public class NoConstructor
    {
        public NoConstructor(int x) { }
        public int Instance() { return 1; }
        public static int Static() { return 2; }
    }

    public class BadConstructor
    {
        public BadConstructor() { throw new IOException("no bench"); }
        public int Instance() { return 1; }
    }

    public static class BadType
    {
        static readonly int X = int.Parse("x");
        public static int Get() { return X; }
    }

    public struct Plain
    {
        public int Value;
        public int Twice() { return 2 * Value; }
    }

    public class Outer
    {
        public class Inner
        {
            public static string Name() { return "inner"; }
        }
    }

    public static class Later
    {
        public static async Task<int> Task(int x) { await System.Threading.Tasks.Task.Delay(1); return x; }
        public static Task<int> Done(int x) { return System.Threading.Tasks.Task.FromResult(x); }
        public static async Task Nothing() { await System.Threading.Tasks.Task.Delay(1); }
        public static ValueTask<string> Value(string s) { return new ValueTask<string>(s); }
        public static object Hidden(int x) { return Task(x); }
    }

    public static class Waits
    {
        static readonly List<string> events = new List<string>();

        public static List<string> Seen() { var seen = new List<string>(events); events.Clear(); return seen; }

        public static void Sleeps(IProgress<double> progress)
        {
            try { progress.Report(0); Thread.Sleep(60000); }
            finally { events.Add("finally"); }
        }

        public static void Computes(IProgress<double> progress)
        {
            try { while (true) try { progress.Report(0); while (true) { } } catch (Exception) { events.Add("caught"); } }
            finally { events.Add("finally"); }
        }

        public static void Locks(IProgress<double> progress)
        {
            progress.Report(0);
            var gate = new object();
            lock (gate) Monitor.Wait(gate);
        }

        public static void Polls(IProgress<double> progress, CancellationToken token)
        {
            progress.Report(0);
            while (!token.WaitHandle.WaitOne(20)) { }
            events.Add("token");
            token.ThrowIfCancellationRequested();
        }

        public static async Task Awaits(IProgress<double> progress, CancellationToken token)
        {
            try { progress.Report(0); await Task.Delay(60000, token); }
            finally { events.Add("finally"); }
        }

        public static async Task Deaf(IProgress<double> progress, int ms)
        {
            progress.Report(0);
            await Task.Delay(ms);
            events.Add("done");
        }

        public static int Stubborn(IProgress<double> progress, CancellationToken token)
        {
            progress.Report(0);
            token.WaitHandle.WaitOne();
            return 1;
        }

        public static void IgnoresToken(IProgress<double> progress, CancellationToken token)
        {
            try { progress.Report(0); Thread.Sleep(60000); }
            finally { events.Add("finally"); }
        }

        public static void Twice(IProgress<double> progress)
        {
            try { progress.Report(0); Thread.Sleep(60000); }
            finally { progress.Report(1); Thread.Sleep(300); events.Add("cleaned up"); }
        }

        public static void Chatters(IProgress<string> log) { while (true) log.Report(new string('x', 2000)); }

        public static void Hangs(IProgress<double> progress)
        {
            progress.Report(0);
            try { } finally { Thread.Sleep(60000); }
        }
    }

    public static class Prints
    {
        [System.Runtime.InteropServices.DllImport("libc")]
        static extern IntPtr write(int fd, string text, IntPtr count);

        public static void All()
        {
            Console.WriteLine("from Console");
            Console.Write("no ");
            Console.Write("line end");
            Console.Error.WriteLine("from Error");
            var text = "from libc\n";
            write(1, text, (IntPtr)text.Length);
            using (var raw = Console.OpenStandardOutput()) raw.Write(new byte[] { 114, 97, 119, 10 }, 0, 4);
            Run("echo", "from a child").WaitForExit();
            Console.WriteLine("Ω 😀 {0}", 1.5.ToString(CultureInfo.InvariantCulture));
        }

        public static object[] Reads()
        {
            var start = new ProcessStartInfo("cat") { UseShellExecute = false, RedirectStandardOutput = true };
            using (var child = Process.Start(start))
                return new object[] { Console.In.ReadToEnd(), Console.ReadLine(), child.StandardOutput.ReadToEnd() };
        }

        public static int Pipes()
        {
            var start = new ProcessStartInfo("ls", "-l /proc/self/fd") { UseShellExecute = false, RedirectStandardOutput = true };
            using (var child = Process.Start(start))
                return child.StandardOutput.ReadToEnd().Split(new[] { "pipe:" }, StringSplitOptions.None).Length - 1;
        }

        public static int Closes()
        {
            Console.Out.Close();
            Console.WriteLine("after closing");
            return 1;
        }

        /// Is within a print, held up there by somebody else, when the blow of a cancel falls.
        public static void Struck()
        {
            const BindingFlags Any = BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
            var runner = Assembly.GetEntryAssembly();
            object console = runner.GetType("Maestro.Runner.Streams").GetField("console", Any).GetValue(null);
            object line = console.GetType().GetField("line", Any).GetValue(console);
            object call = runner.GetType("Maestro.Runner.Call").GetField("Current", Any).GetValue(null);
            var isDelivered = call.GetType().GetField("isDelivered", Any);
            var isHeld = new ManualResetEvent(false);
            new Thread(delegate()
            {
                lock (line)
                {
                    isHeld.Set();
                    while (!(bool)isDelivered.GetValue(call)) Thread.Sleep(1);
                    Thread.Sleep(50);
                }
            }).Start();
            isHeld.WaitOne();
            Console.Error.WriteLine("prints");
            Console.WriteLine("a whole line");
            Thread.Sleep(60000);
        }

        public static string Where() { return Directory.GetCurrentDirectory(); }

        public static void Many()
        {
            Parallel.For(0, 200, i => Console.WriteLine("line {0} of one thread", i));
        }

        static Process Run(string program, string arguments)
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false });
        }
    }

    /// <summary>Doc tests.</summary>
    public static class Docs
    {
        /// <summary>
        /// Reads a rail &amp; more.
        /// Second line.
        /// </summary>
        public static double Read(string rail, double? limit = null, List<int> channels = null, CancellationToken token = default(CancellationToken)) { return 0; }

        public static void Bare() { }
    }
}
