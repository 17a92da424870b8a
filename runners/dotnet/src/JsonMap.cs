using System;
using System.Collections.Generic;

namespace Maestro.Runner
{
    /// <summary>
    /// The members of a JSON object in their order. Of two with one name the last one counts.
    /// </summary>
    internal sealed class JsonMap
    {
        private const int FewEnoughToScan = 8;

        private string[] names;
        private object[] values;
        private Dictionary<string, int> places;

        internal JsonMap()
        {
            names = new string[FewEnoughToScan];
            values = new object[FewEnoughToScan];
        }

        internal int Count { get; private set; }

        internal string Name(int index)
        {
            return names[index];
        }

        internal object Value(int index)
        {
            return values[index];
        }

        /// <summary>The value of a member; null where there is none, too.</summary>
        internal object Get(string name)
        {
            int index = Find(name);
            return index < 0 ? null : values[index];
        }

        internal string GetText(string name)
        {
            return Get(name) as string;
        }

        internal JsonMap GetMap(string name)
        {
            return Get(name) as JsonMap;
        }

        internal bool Has(string name)
        {
            return Find(name) >= 0;
        }

        internal JsonMap Set(string name, object value)
        {
            int index = Find(name);
            if (index < 0)
            {
                index = Count;
                Grow();
                names[index] = name;
                Count++;
                if (places != null)
                {
                    places[name] = index;
                }
            }
            values[index] = value;
            return this;
        }

        private int Find(string name)
        {
            if (places != null)
            {
                int place;
                return places.TryGetValue(name, out place) ? place : -1;
            }
            for (int index = 0; index < Count; index++)
            {
                if (string.Equals(names[index], name))
                {
                    return index;
                }
            }
            return -1;
        }

        private void Grow()
        {
            if (Count < names.Length)
            {
                return;
            }
            if (places == null)
            {
                places = new Dictionary<string, int>(4 * Count, StringComparer.Ordinal);
                for (int index = 0; index < Count; index++)
                {
                    places[names[index]] = index;
                }
            }
            Array.Resize(ref names, 2 * names.Length);
            Array.Resize(ref values, names.Length);
        }
    }
}
