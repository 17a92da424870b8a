using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Maestro.Runner
{
    /// <summary>
    /// What was found out once for each key. Calls use it while they may be aborted at any place, and
    /// a dictionary whose insertion is cut in half fails for ever after: so each insertion makes a new
    /// dictionary, and the old one serves until the new one is whole.
    /// </summary>
    internal sealed class Cache<TKey, TValue>
    {
        private readonly Func<TKey, TValue> find;
        private volatile Dictionary<TKey, TValue> known = new Dictionary<TKey, TValue>();

        internal Cache(Func<TKey, TValue> find)
        {
            this.find = find;
        }

        internal TValue Of(TKey key)
        {
            TValue found;
            if (!known.TryGetValue(key, out found))
            {
                found = find(key);
                Dictionary<TKey, TValue> more = new Dictionary<TKey, TValue>(known);
                more[key] = found;
                known = more;
            }
            return found;
        }
    }

    /// <summary>
    /// The static fields of the runner, set before user code runs: a class whose initialisation was
    /// aborted half way never works again.
    /// </summary>
    internal static class Statics
    {
        private static bool isPrepared;

        internal static void Prepare()
        {
            if (isPrepared)
            {
                return;
            }
            foreach (Type type in typeof(Statics).Assembly.GetTypes())
            {
                if (!type.ContainsGenericParameters)
                {
                    RuntimeHelpers.RunClassConstructor(type.TypeHandle);
                }
            }
            isPrepared = true;
        }
    }
}
