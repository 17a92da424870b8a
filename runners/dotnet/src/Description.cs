using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;

namespace Maestro.Runner
{
    /// <summary>
    /// The answer to <c>describe</c>: assemblies are loaded and looked at, nothing of the user's runs.
    /// </summary>
    internal sealed class Description
    {
        private readonly Targets targets;

        internal Description(Targets targets)
        {
            this.targets = targets;
        }

        internal JsonMap Of(JsonMap parameters)
        {
            List<object> answers = new List<object>();
            foreach (object entry in parameters.Get("targets") as List<object> ?? new List<object>())
            {
                answers.Add(DescribeOne(entry as JsonMap ?? new JsonMap()));
            }
            return new JsonMap().Set("targets", answers);
        }

        private JsonMap DescribeOne(JsonMap asked)
        {
            try
            {
                Target target = targets.Find(asked.GetText("package"), asked.Get("target"));
                return Described(target);
            }
            catch (Refusal refusal)
            {
                return Missing(refusal.Message);
            }
            catch (Exception problem)
            {
                // Most often a type of an assembly that is not there.
                return Missing(problem.GetType().Name + ": " + problem.Message);
            }
        }

        private static JsonMap Missing(string reason)
        {
            return new JsonMap().Set("exists", false).Set("reason", reason).Set("parameters", null);
        }

        /// <summary>Of several overloads: every parameter, required where all of them require it.</summary>
        private static JsonMap Described(Target target)
        {
            List<object> parameters = new List<object>();
            List<string> seen = new List<string>();
            foreach (Overload overload in target.Overloads)
            {
                foreach (Parameter parameter in overload.Parameters)
                {
                    if (!parameter.IsGiven && parameter.IsRequired)
                    {
                        string type = TypeNames.Of(parameter.Type);
                        string what = "parameter `" + parameter.Name + "` of " + target.Label + " is a `" + type;
                        return Missing(what + "`, which no step can give");
                    }
                    if (parameter.IsGiven && !seen.Contains(parameter.Name))
                    {
                        seen.Add(parameter.Name);
                        parameters.Add(Described(parameter, IsRequiredByAll(target, parameter.Name)));
                    }
                }
            }
            JsonMap described = new JsonMap().Set("exists", true).Set("parameters", parameters);
            string doc = Documentation.Of(target.Overloads[0].Method);
            return doc == null ? described : described.Set("doc", doc);
        }

        private static bool IsRequiredByAll(Target target, string name)
        {
            return Array.TrueForAll(target.Overloads, delegate(Overload overload)
            {
                Parameter parameter = overload.Find(name);
                return parameter != null && parameter.IsRequired;
            });
        }

        private static JsonMap Described(Parameter parameter, bool isRequired)
        {
            JsonMap described = new JsonMap()
                .Set("name", parameter.Name)
                .Set("required", isRequired)
                .Set("type", TypeNames.Of(parameter.Type));
            object value = isRequired ? null : parameter.Default;
            object plain = value is IConvertible || value is Enum ? Scalars.Plain(value) : null;
            return plain == null ? described : described.Set("default", plain);
        }
    }

    /// <summary>The XML file that a compiler writes beside an assembly, read as text.</summary>
    internal static class Documentation
    {
        private const long Largest = 16 << 20;

        private static readonly Dictionary<string, string> Files = new Dictionary<string, string>();

        /// <summary>The first line of a method's summary, or null.</summary>
        internal static string Of(MethodInfo method)
        {
            Type owner = method.DeclaringType;
            string text = TextBeside(owner.Assembly.Location);
            string name = "\"M:" + (owner.FullName ?? "").Replace('+', '.') + "." + method.Name;
            int at = text.IndexOf(name + "(", StringComparison.Ordinal);
            at = at < 0 ? text.IndexOf(name + "\"", StringComparison.Ordinal) : at;
            int end = at < 0 ? -1 : text.IndexOf("</member>", at, StringComparison.Ordinal);
            int summary = end < 0 ? -1 : text.IndexOf("<summary>", at, end - at, StringComparison.Ordinal);
            if (summary < 0)
            {
                return null;
            }
            int from = summary + "<summary>".Length;
            int to = text.IndexOf("</summary>", from, StringComparison.Ordinal);
            string[] lines = (to < 0 ? "" : text.Substring(from, to - from)).Split('\n');
            string first = Array.Find(lines, delegate(string line) { return line.Trim().Length > 0; });
            return first == null ? null : Unescaped(first.Trim());
        }

        private static string Unescaped(string text)
        {
            return text.Replace("&lt;", "<").Replace("&gt;", ">").Replace("&quot;", "\"").Replace("&amp;", "&");
        }

        private static string TextBeside(string assembly)
        {
            string text;
            if (!Files.TryGetValue(assembly, out text))
            {
                text = "";
                try
                {
                    FileInfo file = new FileInfo(Path.ChangeExtension(assembly, ".xml"));
                    text = file.Exists && file.Length < Largest ? File.ReadAllText(file.FullName) : "";
                }
                catch (Exception)
                {
                    // A description without a doc line is one, too.
                }
                Files[assembly] = text;
            }
            return text;
        }
    }
}
