// The .NET steps of main.yaml.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Lab
{
    public static class Mixed
    {
        static void Hold(string name)
        {
            if (!File.Exists("hold-" + name)) return;
            File.WriteAllText("at", "");
            while (!File.Exists("go")) Thread.Sleep(2);
        }

        public static Dictionary<string, object> Change(int whole, long big, double real, bool flag,
            string text, string code, List<object> list, Dictionary<string, object> map)
        {
            Hold("Change");
            map["net"] = list.Count;
            return new Dictionary<string, object>
            {
                { "whole", whole + 1 },
                { "big", big },
                { "real", real * 2 },
                { "flag", !flag },
                { "text", text + "ß" },
                { "code", code },
                { "list", Enumerable.Reverse(list).ToList() },
                { "map", map },
            };
        }

        public static Dictionary<string, object> Back(Dictionary<string, object> everything)
        {
            Hold("Back");
            everything["kinds"] = everything.ToDictionary(it => it.Key, it => it.Value.GetType().Name);
            return everything;
        }

        public static void Leave() { Hold("Leave"); }
    }
}
