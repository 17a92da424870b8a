using System;
using System.Collections.Generic;

namespace Maestro.Runner
{
    /// <summary>Types as C# writes them: <c>double?</c>, <c>List&lt;int&gt;</c>.</summary>
    internal static class TypeNames
    {
        private static readonly Dictionary<string, string> Keywords = new Dictionary<string, string>
        {
            { "System.Boolean", "bool" },
            { "System.Byte", "byte" },
            { "System.SByte", "sbyte" },
            { "System.Char", "char" },
            { "System.Decimal", "decimal" },
            { "System.Double", "double" },
            { "System.Single", "float" },
            { "System.Int32", "int" },
            { "System.UInt32", "uint" },
            { "System.Int64", "long" },
            { "System.UInt64", "ulong" },
            { "System.Int16", "short" },
            { "System.UInt16", "ushort" },
            { "System.Object", "object" },
            { "System.String", "string" },
        };

        internal static string Of(Type type)
        {
            Type inner = Nullable.GetUnderlyingType(type);
            if (inner != null)
            {
                return Of(inner) + "?";
            }
            if (type.IsArray)
            {
                return Of(type.GetElementType()) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
            }
            string keyword;
            if (type.FullName != null && Keywords.TryGetValue(type.FullName, out keyword))
            {
                return keyword;
            }
            int tick = type.Name.IndexOf('`');
            if (tick < 0)
            {
                return type.Name;
            }
            string[] arguments = Array.ConvertAll<Type, string>(type.GetGenericArguments(), Of);
            return type.Name.Substring(0, tick) + "<" + string.Join(", ", arguments) + ">";
        }
    }
}
