using System;
using System.Collections.Generic;

namespace Maestro.Runner
{
    /// <summary>Pieces of messages.</summary>
    internal static class Words
    {
        private const int MostListed = 20;

        /// <summary>Names between back quotes.</summary>
        internal static string List(IList<string> names)
        {
            List<string> quoted = new List<string>();
            for (int index = 0; index < names.Count && index < MostListed; index++)
            {
                quoted.Add("`" + names[index] + "`");
            }
            if (names.Count > MostListed)
            {
                quoted.Add("and " + (names.Count - MostListed) + " more");
            }
            return string.Join(", ", quoted.ToArray());
        }

        /// <summary>", did you mean …?" when a candidate is close, else nothing.</summary>
        internal static string Nearest(string word, IList<string> candidates)
        {
            int best = word.Length / 3 + 2;
            string found = null;
            foreach (string candidate in candidates)
            {
                int steps = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant(), best);
                if (steps < best)
                {
                    best = steps;
                    found = candidate;
                }
            }
            return found == null ? "" : ", did you mean `" + found + "`?";
        }

        /// <summary>How many letters differ, swaps counting once, at most <paramref name="limit"/>.</summary>
        private static int Distance(string first, string second, int limit)
        {
            if (Math.Abs(first.Length - second.Length) >= limit)
            {
                return limit;
            }
            int[] older = null;
            int[] before = null;
            int[] row = new int[second.Length + 1];
            for (int j = 0; j < row.Length; j++)
            {
                row[j] = j;
            }
            for (int i = 1; i <= first.Length; i++)
            {
                older = before;
                before = row;
                row = new int[second.Length + 1];
                row[0] = i;
                for (int j = 1; j <= second.Length; j++)
                {
                    int change = first[i - 1] == second[j - 1] ? 0 : 1;
                    row[j] = Math.Min(Math.Min(before[j] + 1, row[j - 1] + 1), before[j - 1] + change);
                    bool isSwap = i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1];
                    if (isSwap)
                    {
                        row[j] = Math.Min(row[j], older[j - 2] + change);
                    }
                }
            }
            return Math.Min(row[second.Length], limit);
        }
    }
}
