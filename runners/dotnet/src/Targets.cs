using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Maestro.Runner
{
    /// <summary>Every method of one name, which a step may mean.</summary>
    internal sealed class Target
    {
        internal string Label;
        internal Type Type;
        internal Overload[] Overloads;
        private bool isPrepared;

        /// <summary>Runs the static constructor, which must never be aborted half way.</summary>
        internal void Prepare()
        {
            if (isPrepared)
            {
                return;
            }
            try
            {
                RuntimeHelpers.RunClassConstructor(Type.TypeHandle);
            }
            catch (TypeInitializationException problem)
            {
                throw Failure.Of(problem);
            }
            isPrepared = true;
        }

        /// <summary>The overload that a call means, and its arguments.</summary>
        internal Overload Choose(Call call, JsonMap given, JsonMap texts, out object[] arguments)
        {
            if (Overloads.Length == 1)
            {
                arguments = Overloads[0].Bind(call, given, texts);
                return Overloads[0];
            }
            List<Overload> fitting = new List<Overload>(Overloads).FindAll(
                delegate(Overload overload) { return overload.Takes(given); });
            fitting.Sort(delegate(Overload one, Overload other) { return Compare(one, other, given); });
            Refusal first = null;
            foreach (Overload overload in fitting)
            {
                try
                {
                    arguments = overload.Bind(call, given, texts);
                    return overload;
                }
                catch (Refusal refusal)
                {
                    first = first ?? refusal;
                }
            }
            throw first ?? NoneFits(given);
        }

        /// <summary>The better one first: by the types of the values, then by fewer left out.</summary>
        private static int Compare(Overload one, Overload other, JsonMap given)
        {
            int byScore = other.Score(given).CompareTo(one.Score(given));
            return byScore != 0 ? byScore : one.Parameters.Length.CompareTo(other.Parameters.Length);
        }

        private Refusal NoneFits(JsonMap given)
        {
            List<string> names = new List<string>();
            for (int index = 0; index < given.Count; index++)
            {
                names.Add(given.Name(index));
            }
            List<string> there = new List<string>();
            foreach (Overload overload in Overloads)
            {
                there.Add("(" + string.Join(", ", overload.Names(false).ToArray()) + ")");
            }
            string takes = names.Count == 0 ? "no parameters" : Words.List(names);
            return new Refusal(
                Refusal.InvalidParams,
                "no overload of " + Label + " takes " + takes + "; there are " + Words.List(there));
        }
    }

    /// <summary>Finds the methods that steps name, once each, and runs them.</summary>
    internal sealed class Targets
    {
        private readonly Packages packages;
        private readonly Instances instances;
        private readonly Dictionary<Key, Target> known = new Dictionary<Key, Target>();

        internal Targets(Packages packages, Instances instances)
        {
            this.packages = packages;
            this.instances = instances;
        }

        private struct Key : IEquatable<Key>
        {
            internal string Package;
            internal string Assembly;
            internal string Class;
            internal string Method;

            public bool Equals(Key other)
            {
                return Method == other.Method
                    && Class == other.Class
                    && Assembly == other.Assembly
                    && Package == other.Package;
            }

            public override bool Equals(object other)
            {
                return other is Key && Equals((Key)other);
            }

            public override int GetHashCode()
            {
                return Class.GetHashCode() * 31 + Method.GetHashCode();
            }
        }

        /// <summary>The result of one <c>execute</c>, or a <see cref="Refusal"/>.</summary>
        internal object Run(Call call)
        {
            Target target = Loaded(call.Params.GetText("package"), call.Params.Get("target"));
            JsonMap given = call.Params.GetMap("parameters") ?? new JsonMap();
            JsonMap texts = call.Params.GetMap("parameters_text") ?? new JsonMap();
            JsonMap result = null;
            target.Prepare();
            Exception problem = call.Guard(delegate
            {
                object[] arguments;
                Overload overload = target.Choose(call, given, texts, out arguments);
                object owner = overload.Method.IsStatic ? null : instances.Of(target.Type);
                object returned = Awaiting.Finish(overload.Thunk(owner, arguments), call);
                result = Results.Of(call, target, overload, arguments, returned);
            });
            if (problem != null && !Failure.IsSuccess(problem))
            {
                throw problem as Refusal ?? Failure.Of(problem);
            }
            return result ?? Results.Empty(call);
        }

        /// <summary>What a target means, or what the runtime says about a class that it cannot load.</summary>
        private Target Loaded(string package, object target)
        {
            try
            {
                return Find(package, target);
            }
            catch (Refusal)
            {
                throw;
            }
            catch (Exception problem)
            {
                throw Failure.Of(problem);
            }
        }

        /// <summary>What a target means. Runs no user code.</summary>
        internal Target Find(string package, object target)
        {
            JsonMap map = target as JsonMap;
            if (map != null && map.Has("conformance"))
            {
                // `maestro runner check`; see maestro-runner(7).
                return FindConformance(map.GetText("conformance") ?? "");
            }
            Key key = new Key
            {
                Package = package,
                Assembly = map == null ? null : map.GetText("assembly"),
                Class = map == null ? null : map.GetText("class"),
                Method = map == null ? null : map.GetText("method"),
            };
            if (key.Assembly == null || key.Class == null || key.Method == null)
            {
                throw new Refusal(
                    Refusal.NotFound, "a dotnet target needs `assembly`, `class` and `method`");
            }
            Target found;
            if (!known.TryGetValue(key, out found))
            {
                Assembly assembly = packages.Find(package, key.Assembly);
                found = known[key] = Find(FindClass(assembly, key.Class), key.Method);
            }
            return found;
        }

        private Target FindConformance(string name)
        {
            Key key = new Key { Class = "", Method = name };
            Target found;
            if (!known.TryGetValue(key, out found))
            {
                found = known[key] = Find(typeof(Conformance), name);
            }
            return found;
        }

        private static Type FindClass(Assembly assembly, string name)
        {
            string wanted = name.Trim();
            Type type = assembly.GetType(wanted, false) ?? assembly.GetType(Nested(wanted), false);
            if (type == null)
            {
                List<Type> there = TypesOf(assembly);
                List<Type> sameName = there.FindAll(delegate(Type each) { return each.Name == wanted; });
                if (sameName.Count != 1)
                {
                    throw MissingClass(assembly, wanted, sameName.Count > 1 ? sameName : there);
                }
                type = sameName[0];
            }
            if (type.ContainsGenericParameters)
            {
                throw new Refusal(Refusal.NotFound, "class `" + wanted + "` is generic and cannot be called");
            }
            return type;
        }

        /// <summary>`Space.Outer.Inner` as the runtime spells it, if the last part is nested.</summary>
        private static string Nested(string name)
        {
            int dot = name.LastIndexOf('.');
            return dot < 0 ? name : name.Substring(0, dot) + "+" + name.Substring(dot + 1);
        }

        private static List<Type> TypesOf(Assembly assembly)
        {
            Type[] types;
            try
            {
                types = assembly.GetTypes();
            }
            catch (ReflectionTypeLoadException problem)
            {
                // Those that need a missing assembly are left out.
                types = Array.FindAll(problem.Types, delegate(Type type) { return type != null; });
            }
            return new List<Type>(types).FindAll(delegate(Type type) { return type.IsVisible; });
        }

        private static Refusal MissingClass(Assembly assembly, string name, List<Type> types)
        {
            List<string> there = types.ConvertAll<string>(delegate(Type type) { return type.FullName; });
            there.Sort(StringComparer.Ordinal);
            string has = there.Count == 0 ? "it has no public classes" : "it has " + Words.List(there);
            string hint = Words.Nearest(name, there);
            string file = Path.GetFileName(assembly.Location);
            return new Refusal(Refusal.NotFound, "assembly `" + file + "` has no class `" + name + "`" + hint + "; " + has);
        }

        private static Target Find(Type type, string name)
        {
            const BindingFlags Callable =
                BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy;
            string label = "`" + type.Name + "." + name + "`";
            List<Overload> overloads = new List<Overload>();
            List<string> there = new List<string>();
            bool needsObject = false;
            foreach (MethodInfo method in type.GetMethods(Callable))
            {
                if (method.DeclaringType == typeof(object) || method.IsSpecialName)
                {
                    continue;
                }
                there.Add(method.Name);
                if (method.Name == name && !method.ContainsGenericParameters)
                {
                    overloads.Add(new Overload(method, label));
                    needsObject |= !method.IsStatic;
                }
            }
            if (overloads.Count == 0)
            {
                throw MissingMethod(type, name, there);
            }
            bool hasConstructor = type.IsValueType || type.GetConstructor(Type.EmptyTypes) != null;
            if (needsObject && (type.IsAbstract || !hasConstructor))
            {
                throw new Refusal(
                    Refusal.NotFound,
                    label + " needs an object of its class, and the class has no public constructor without "
                        + "parameters; add one, or make the method static");
            }
            return new Target { Label = label, Type = type, Overloads = overloads.ToArray() };
        }

        private static Refusal MissingMethod(Type type, string name, List<string> there)
        {
            there.Sort(StringComparer.Ordinal);
            for (int index = there.Count - 1; index > 0; index--)
            {
                if (there[index] == there[index - 1])
                {
                    there.RemoveAt(index);
                }
            }
            const BindingFlags Hidden =
                BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy;
            string what = "class `" + type.FullName + "` has no public method `" + name + "`";
            if (Array.Exists(type.GetMethods(Hidden), delegate(MethodInfo method) { return method.Name == name; }))
            {
                return new Refusal(Refusal.NotFound, what + ": it is there and not public");
            }
            string has = there.Count == 0 ? "it has no public methods" : "it has " + Words.List(there);
            return new Refusal(Refusal.NotFound, what + Words.Nearest(name, there) + "; " + has);
        }
    }
}
