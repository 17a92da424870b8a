using System;
using System.Collections.Generic;
using System.Reflection;
using System.Threading;

namespace Maestro.Runner
{
    /// <summary>One parameter of a method.</summary>
    internal sealed class Parameter
    {
        internal readonly string Name;
        internal readonly Type Type;
        internal readonly bool IsRequired;

        /// <summary>What is passed when nothing is given.</summary>
        internal readonly object Default;

        /// <summary>Makes the argument of what the step gives; null for one that no step can give.</summary>
        internal readonly Converter Convert;

        /// <summary>Makes the argument of the call itself: its token, its progress.</summary>
        internal readonly Func<Call, object> OfCall;

        /// <summary>Comes back as an output.</summary>
        internal readonly bool IsOut;

        internal Parameter(ParameterInfo info)
        {
            Name = info.Name ?? "argument" + info.Position;
            Type = info.ParameterType;
            if (Type.IsByRef)
            {
                Type = Type.GetElementType();
                IsOut = true;
            }
            OfCall = FromCall(Type);
            bool isOnlyOut = IsOut && info.IsOut;
            bool isList = info.IsDefined(typeof(ParamArrayAttribute), false);
            IsRequired = OfCall == null && !isOnlyOut && !isList && !info.IsOptional;
            Default = isList ? Array.CreateInstance(Type.GetElementType(), 0) : DefaultOf(info);
            Convert = OfCall == null && !isOnlyOut ? Conversion.For(Type) : null;
        }

        /// <summary>Whether the step gives it, and does not only get it.</summary>
        internal bool IsGiven
        {
            get { return Convert != null; }
        }

        private object DefaultOf(ParameterInfo info)
        {
            object value = null;
            try
            {
                value = info.IsOptional ? info.DefaultValue : null;
            }
            catch (FormatException)
            {
                // Some runtimes cannot read `default(T)` of a struct.
            }
            bool isNone = value == null || value == DBNull.Value || value == Missing.Value;
            if (!isNone)
            {
                return Type.IsEnum ? Enum.ToObject(Type, value) : value;
            }
            return Type.IsValueType ? Activator.CreateInstance(Type) : null;
        }

        private static Func<Call, object> FromCall(Type type)
        {
            if (type == typeof(CancellationToken))
            {
                return delegate(Call call) { return call.Token; };
            }
            if (type == typeof(IProgress<double>))
            {
                return delegate { return ProgressOfStep.Instance; };
            }
            if (type == typeof(IProgress<string>))
            {
                return delegate { return LogOfStep.Instance; };
            }
            return null;
        }

        private sealed class ProgressOfStep : IProgress<double>
        {
            internal static readonly ProgressOfStep Instance = new ProgressOfStep();

            public void Report(double value)
            {
                Step.Progress(value);
            }
        }

        private sealed class LogOfStep : IProgress<string>
        {
            internal static readonly LogOfStep Instance = new LogOfStep();

            public void Report(string value)
            {
                Step.Log(value);
            }
        }
    }

    /// <summary>One method, ready to be called.</summary>
    internal sealed class Overload
    {
        internal readonly MethodInfo Method;
        internal readonly Parameter[] Parameters;
        internal readonly bool HasOut;

        private readonly string label;
        private Thunk thunk;

        internal Overload(MethodInfo method, string label)
        {
            Method = method;
            this.label = label;
            Parameters = Array.ConvertAll<ParameterInfo, Parameter>(
                method.GetParameters(), delegate(ParameterInfo info) { return new Parameter(info); });
            HasOut = Array.Exists(Parameters, delegate(Parameter parameter) { return parameter.IsOut; });
        }

        internal Thunk Thunk
        {
            get { return thunk ?? (thunk = Thunks.Of(Method)); }
        }

        internal Parameter Find(string name)
        {
            foreach (Parameter parameter in Parameters)
            {
                if (parameter.IsGiven && parameter.Name == name)
                {
                    return parameter;
                }
            }
            return null;
        }

        /// <summary>Names of the parameters that steps give, or of those that they must give.</summary>
        internal List<string> Names(bool onlyRequired)
        {
            List<string> names = new List<string>();
            foreach (Parameter parameter in Parameters)
            {
                if (parameter.IsGiven && (parameter.IsRequired || !onlyRequired))
                {
                    names.Add(parameter.Name);
                }
            }
            return names;
        }

        /// <summary>Whether the names fit: all are known, and no required one is missing.</summary>
        internal bool Takes(JsonMap given)
        {
            int known = 0;
            foreach (Parameter parameter in Parameters)
            {
                bool isGiven = parameter.IsGiven && given.Has(parameter.Name);
                if (!isGiven && parameter.IsRequired)
                {
                    return false;
                }
                known += isGiven ? 1 : 0;
            }
            return known == given.Count;
        }

        /// <summary>The arguments of a call, or the refusal that says what does not fit.</summary>
        internal object[] Bind(Call call, JsonMap given, JsonMap texts)
        {
            object[] arguments = new object[Parameters.Length];
            int known = 0;
            for (int index = 0; index < arguments.Length; index++)
            {
                Parameter parameter = Parameters[index];
                if (parameter.OfCall != null)
                {
                    arguments[index] = parameter.OfCall(call);
                }
                else if (parameter.IsGiven && given.Has(parameter.Name))
                {
                    known++;
                    arguments[index] = ConvertOne(parameter, given.Get(parameter.Name), texts);
                }
                else if (parameter.IsRequired)
                {
                    throw Missing(parameter, given);
                }
                else
                {
                    arguments[index] = parameter.Default;
                }
            }
            if (known < given.Count)
            {
                throw Unknown(given);
            }
            return arguments;
        }

        private object ConvertOne(Parameter parameter, object native, JsonMap texts)
        {
            string text = texts.GetText(parameter.Name) ?? Structures.Spell(native);
            try
            {
                return parameter.Convert(native, text);
            }
            catch (FormatException problem)
            {
                string message = "parameter `" + parameter.Name + "` of " + label + ": " + problem.Message;
                throw new Refusal(Refusal.InvalidParams, message);
            }
        }

        private Refusal Missing(Parameter parameter, JsonMap given)
        {
            if (!parameter.IsGiven)
            {
                string type = TypeNames.Of(parameter.Type);
                string message = "parameter `" + parameter.Name + "` of " + label + " is a `" + type
                    + "`, which no step can give";
                return new Refusal(Refusal.InvalidParams, message);
            }
            // A name that does not exist is the likelier mistake.
            foreach (int index in Places(given))
            {
                if (Find(given.Name(index)) == null)
                {
                    return Unknown(given);
                }
            }
            List<string> lacking = Names(true).FindAll(delegate(string name) { return !given.Has(name); });
            string plural = lacking.Count > 1 ? "s " : " ";
            return new Refusal(
                Refusal.InvalidParams, label + " needs the parameter" + plural + Words.List(lacking));
        }

        private Refusal Unknown(JsonMap given)
        {
            List<string> known = Names(false);
            string has = known.Count == 0 ? "it has no parameters" : "it has " + Words.List(known);
            foreach (int index in Places(given))
            {
                string name = given.Name(index);
                if (Find(name) == null)
                {
                    string hint = Words.Nearest(name, known);
                    string message = label + " has no parameter `" + name + "`" + hint + "; " + has;
                    return new Refusal(Refusal.InvalidParams, message);
                }
            }
            return new Refusal(Refusal.InvalidParams, label + ": " + has);
        }

        private static IEnumerable<int> Places(JsonMap map)
        {
            for (int index = 0; index < map.Count; index++)
            {
                yield return index;
            }
        }

        /// <summary>How well the types of the values fit those of the parameters.</summary>
        internal int Score(JsonMap given)
        {
            int score = 0;
            foreach (int index in Places(given))
            {
                Parameter parameter = Find(given.Name(index));
                score += parameter == null ? 0 : Score(given.Value(index), parameter.Type);
            }
            return score;
        }

        private static int Score(object native, Type declared)
        {
            Type type = Nullable.GetUnderlyingType(declared) ?? declared;
            TypeCode code = type.IsEnum ? TypeCode.Object : Type.GetTypeCode(type);
            bool isWhole = code >= TypeCode.SByte && code <= TypeCode.UInt64;
            bool isNumber = code >= TypeCode.Single && code <= TypeCode.Decimal;
            if (native is long || native is ulong)
            {
                return code == TypeCode.Int32 || code == TypeCode.Int64 ? 5 : isWhole ? 4 : isNumber ? 3 : 1;
            }
            if (native is double)
            {
                return code == TypeCode.Double ? 5 : isNumber ? 4 : isWhole ? 2 : 1;
            }
            if (native is bool)
            {
                return code == TypeCode.Boolean ? 5 : 1;
            }
            if (native is string)
            {
                return code == TypeCode.String ? 4 : code == TypeCode.Object && type != typeof(object) ? 3 : 2;
            }
            return code == TypeCode.Object && type != typeof(object) ? 5 : 1;
        }
    }
}
