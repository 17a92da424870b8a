using System;
using System.Collections.Generic;
using System.Threading;
using Maestro.Runner;

namespace Maestro
{
    /// <summary>
    /// What test code can say to Maestro while it runs. Everything also works without it: a method
    /// that returns values and takes a <see cref="CancellationToken"/>, an
    /// <c>IProgress&lt;double&gt;</c> or an <c>IProgress&lt;string&gt;</c> needs no reference.
    /// </summary>
    public static class Step
    {
        /// <summary>Cancelled when the engine ends the running step early.</summary>
        public static CancellationToken Token
        {
            get { return Running().Token; }
        }

        /// <summary>What the run is about.</summary>
        public static StepContext Context
        {
            get { return new StepContext(Running().Params); }
        }

        /// <summary>Writes to the run log; the level is debug, info, warning or error.</summary>
        public static void Log(string message, string level = "info")
        {
            Wire.Log(level, message ?? "");
            Listen();
        }

        /// <summary>Says how far the running step is, from 0 to 1.</summary>
        public static void Progress(double fraction, string message = null)
        {
            double shown = fraction > 0 ? Math.Min(fraction, 1) : 0;
            JsonMap parameters = new JsonMap().Set("fraction", shown);
            if (message != null)
            {
                parameters.Set("message", message);
            }
            Wire.Notify("progress", parameters);
            Listen();
        }

        /// <summary>
        /// Records a point of the running step. The engine judges it: by the limits of the test
        /// definition, else by those given here.
        /// </summary>
        public static void Measure(
            string name, object value, string unit = null, object low = null, object high = null, object expected = null)
        {
            List<KeyValuePair<string, object>> rest = new List<KeyValuePair<string, object>>();
            string[] names = { "unit", "low_limit", "high_limit", "expected" };
            object[] values = { unit, low, high, expected };
            for (int index = 0; index < names.Length; index++)
            {
                if (values[index] != null)
                {
                    rest.Add(new KeyValuePair<string, object>(names[index], values[index]));
                }
            }
            Results.AddPoint(Running(), name, value, rest);
            Listen();
        }

        /// <summary>Adds a file to the result; returns its path.</summary>
        public static string Artifact(string path, string name = null, string mediaType = null)
        {
            return Artifacts.Add(Running(), name ?? System.IO.Path.GetFileName(path), path, mediaType);
        }

        /// <summary>Adds content to the result; returns the path of its file.</summary>
        public static string Artifact(byte[] content, string name, string mediaType = null)
        {
            return Artifacts.Add(Running(), name, content, mediaType);
        }

        /// <summary>Asks the operator and waits for the answer.</summary>
        /// <exception cref="NobodyAnswersException">Nobody can answer on this station.</exception>
        public static Reply Prompt(string message, params Button[] buttons)
        {
            return Prompt(message, null, buttons);
        }

        /// <summary>
        /// The same with the other fields of a <c>prompt</c> block: title, image, default_button,
        /// input, timeout_s, on_timeout.
        /// </summary>
        public static Reply Prompt(string message, IDictionary<string, object> fields, params Button[] buttons)
        {
            Call call = Running();
            JsonMap parameters = new JsonMap().Set("message", message);
            if (buttons.Length > 0)
            {
                List<object> list = new List<object>();
                foreach (Button button in buttons)
                {
                    list.Add(new JsonMap().Set("name", button.Name).Set("action", button.Action));
                }
                parameters.Set("buttons", list);
            }
            if (fields != null)
            {
                foreach (KeyValuePair<string, object> field in fields)
                {
                    parameters.Set(field.Key, Results.Plain(call, field.Value, "`Step.Prompt`"));
                }
            }
            JsonMap answer = Prompts.Ask(call, parameters);
            JsonMap error = answer.GetMap("error");
            if (error == null)
            {
                return new Reply(answer.GetMap("result") ?? new JsonMap());
            }
            string text = error.GetText("message") ?? "the prompt was refused";
            object code = error.Get("code");
            if (((long)Refusal.NobodyAnswers).Equals(code))
            {
                throw new NobodyAnswersException(text);
            }
            throw new InvalidOperationException(text);
        }

        private static void Listen()
        {
            Call call = Call.Current;
            if (call != null)
            {
                call.Listen();
            }
        }

        private static Call Running()
        {
            Call call = Call.Current;
            if (call == null)
            {
                throw new InvalidOperationException("no step is running");
            }
            return call;
        }
    }

    /// <summary>A button of a prompt; the action is pass, fail, abort or continue.</summary>
    public sealed class Button
    {
        public Button(string name, string action)
        {
            Name = name;
            Action = action;
        }

        public string Name { get; private set; }

        public string Action { get; private set; }
    }

    /// <summary>The operator's answer.</summary>
    public sealed class Reply
    {
        internal Reply(JsonMap answer)
        {
            Button = answer.GetText("button");
            Action = answer.GetText("action") ?? "";
            Value = Structures.Free(answer.Get("value"));
            TimedOut = true.Equals(answer.Get("timed_out"));
        }

        public string Button { get; private set; }

        public string Action { get; private set; }

        public object Value { get; private set; }

        public bool TimedOut { get; private set; }
    }

    /// <summary>What the run of the step is about.</summary>
    public sealed class StepContext
    {
        internal StepContext(JsonMap parameters)
        {
            JsonMap context = parameters.GetMap("context") ?? new JsonMap();
            Serial = context.GetText("serial");
            Operator = context.GetText("operator");
            Station = context.GetText("station");
            Run = parameters.GetText("run");
            Package = parameters.GetText("package");
            object attempt = parameters.Get("attempt");
            Attempt = attempt is long ? (int)(long)attempt : 1;
            Tags = new Dictionary<string, object>();
            JsonMap tags = context.GetMap("tags") ?? new JsonMap();
            for (int index = 0; index < tags.Count; index++)
            {
                Tags[tags.Name(index)] = Structures.Free(tags.Value(index));
            }
        }

        public string Serial { get; private set; }

        public string Operator { get; private set; }

        public string Station { get; private set; }

        public string Run { get; private set; }

        public string Package { get; private set; }

        public int Attempt { get; private set; }

        public IDictionary<string, object> Tags { get; private set; }
    }

    /// <summary>Throw it when the unit is bad: the step FAILs with this text as its reason.</summary>
    public class FailException : Exception
    {
        public FailException(string reason)
            : base(reason)
        {
        }
    }

    /// <summary>A prompt on a station where nobody can answer.</summary>
    public sealed class NobodyAnswersException : InvalidOperationException
    {
        internal NobodyAnswersException(string message)
            : base(message)
        {
        }
    }
}
