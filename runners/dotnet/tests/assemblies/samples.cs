// What the transcripts of fixtures/protocol call, as C#: names and texts are those of samples.py.
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading;
using Maestro;

public class OSError : Exception
{
    public OSError(string message) : base(message) { }
}

public class AssertionError : FailException
{
    public AssertionError(string message) : base(message) { }
}

public static class samples
{
    /// <summary>Reads a supply rail.</summary>
    public static Dictionary<string, object> read_rail(string rail, int samples = 3)
    {
        Step.Log("reading " + rail);
        Step.Progress(0.5, "settled");
        Step.Measure("RIPPLE", 7.2, unit: "mV", high: 20);
        return new Dictionary<string, object> { { "voltage", 3.301 }, { "samples", samples } };
    }

    public static Dictionary<string, object> odd_values()
    {
        return new Dictionary<string, object>
        {
            { "wide", BigInteger.Pow(2, 64) }, { "edge", ulong.MaxValue }, { "gap", double.NaN },
            { "top", double.PositiveInfinity }, { "text", "Ω 😀 \u2028" },
        };
    }

    public static void broken() { throw new OSError("the DMM does not answer"); }

    public static void dark() { throw new AssertionError("LED 3 is dark"); }

    public static void forever()
    {
        Step.Progress(0);
        Thread.Sleep(60000);
    }

    public static Dictionary<string, object> ask()
    {
        var reply = Step.Prompt("Is LED 3 green?", new Button("Yes", "pass"), new Button("No", "fail"));
        return new Dictionary<string, object> { { "answer", reply.Button } };
    }

    public static Dictionary<string, object> context()
    {
        var context = Step.Context;
        return new Dictionary<string, object>
        {
            { "serial", context.Serial }, { "tag", context.Tags["a"] }, { "attempt", context.Attempt },
            { "package", context.Package },
        };
    }

    public static string artifact(string text)
    {
        return Step.Artifact(System.Text.Encoding.UTF8.GetBytes(text), "notes.txt", "text/plain");
    }

    public static void token()
    {
        Step.Progress(0);
        Step.Token.WaitHandle.WaitOne();
    }
}
