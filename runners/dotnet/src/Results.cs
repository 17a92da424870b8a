using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Reflection;

namespace Maestro.Runner
{
    /// <summary>
    /// What test code returns, as the result of an <c>execute</c>: a map gives outputs, so do the
    /// public properties of an object and a tuple with names; any other value is the output
    /// <c>result</c>, nothing gives nothing. Objects with a name and a value are measurements
    /// wherever they stand, bytes are artifacts, <c>out</c> parameters are outputs.
    /// </summary>
    internal static class Results
    {
        private const int Deepest = 64;

        internal static JsonMap Of(Call call, Target target, Overload overload, object[] arguments, object returned)
        {
            Collector collector = new Collector(call, target.Label);
            if (returned != null)
            {
                collector.Spread(returned, overload.Method);
            }
            if (overload.HasOut)
            {
                for (int index = 0; index < arguments.Length; index++)
                {
                    if (overload.Parameters[index].IsOut)
                    {
                        collector.Add(overload.Parameters[index].Name, arguments[index]);
                    }
                }
            }
            return With(call, collector.Outputs);
        }

        /// <summary>The result of code that returned nothing.</summary>
        internal static JsonMap Empty(Call call)
        {
            return With(call, new JsonMap());
        }

        private static JsonMap With(Call call, JsonMap outputs)
        {
            JsonMap result = new JsonMap().Set("outputs", outputs);
            List<object> points = call.Findings.Points;
            List<object> files = call.Findings.Files;
            if (points != null || files != null)
            {
                result.Set("measurements", points ?? new List<object>());
                result.Set("artifacts", files ?? new List<object>());
            }
            return result;
        }

        /// <summary>A measurement of whoever calls; null stands for what is not known.</summary>
        internal static void AddPoint(Call call, string name, object value, IEnumerable<KeyValuePair<string, object>> rest)
        {
            new Collector(call, "measurement `" + name + "`").AddPoint(name, value, rest);
        }

        /// <summary>A value that JSON can carry.</summary>
        internal static object Plain(Call call, object value, string label)
        {
            return new Collector(call, label).Plain(value, "", 0);
        }

        /// <summary>Takes one result apart.</summary>
        private sealed class Collector
        {
            internal readonly JsonMap Outputs = new JsonMap();

            private readonly Call call;
            private readonly string label;

            internal Collector(Call call, string label)
            {
                this.call = call;
                this.label = label;
            }

            /// <summary>Takes apart what a method returned.</summary>
            internal void Spread(object returned, MethodInfo method)
            {
                Type type = returned.GetType();
                Shape shape = Shape.Of(type);
                switch (shape.What)
                {
                    case Shape.Kind.Map:
                        foreach (KeyValuePair<string, object> entry in Entries(returned))
                        {
                            Add(entry.Key, entry.Value);
                        }
                        break;
                    case Shape.Kind.Object:
                        foreach (Shape.Member member in shape.Members)
                        {
                            Add(member.Name, member.Get(returned));
                        }
                        break;
                    case Shape.Kind.Tuple:
                        SpreadTuple(returned, TupleNames.Of(method));
                        break;
                    case Shape.Kind.List:
                        SpreadList(returned);
                        break;
                    default:
                        Add("result", returned);
                        break;
                }
            }

            private void SpreadTuple(object returned, IList<string> names)
            {
                List<object> items = TupleNames.Items(returned);
                if (names == null)
                {
                    SpreadItems(items);
                    return;
                }
                for (int index = 0; index < items.Count; index++)
                {
                    bool isNamed = index < names.Count && names[index] != null;
                    Add(isNamed ? names[index] : "Item" + (index + 1), items[index]);
                }
            }

            private void SpreadList(object returned)
            {
                Array array = returned as Array;
                if (returned is byte[] || (array != null && array.Rank > 1))
                {
                    Add("result", returned);
                    return;
                }
                List<object> items = new List<object>();
                foreach (object item in (IEnumerable)returned)
                {
                    items.Add(item);
                }
                SpreadItems(items);
            }

            /// <summary>A list that carries measurements is taken apart; any other is one value.</summary>
            private void SpreadItems(List<object> items)
            {
                if (!items.Exists(IsMeasurement))
                {
                    Add("result", items);
                    return;
                }
                foreach (object item in items)
                {
                    if (item != null)
                    {
                        Spread(item, null);
                    }
                }
            }

            private static bool IsMeasurement(object item)
            {
                return item != null && Shape.Of(item.GetType()).What == Shape.Kind.Measurement;
            }

            /// <summary>Adds one named value.</summary>
            internal void Add(string name, object value)
            {
                byte[] bytes = value as byte[];
                if (bytes != null)
                {
                    Outputs.Set(name, Artifacts.Add(call, name, bytes, null));
                    return;
                }
                object plain = Plain(value, name, 0);
                if (name != "result" || !IsMeasurement(value))
                {
                    Outputs.Set(name, plain);
                }
            }

            internal object AddPoint(string name, object value, IEnumerable<KeyValuePair<string, object>> rest)
            {
                object plain = Plain(value, name, 1);
                JsonMap point = new JsonMap().Set("name", name).Set("value", plain);
                foreach (KeyValuePair<string, object> entry in rest)
                {
                    bool isUnit = entry.Key == "unit";
                    object given = isUnit ? Convert.ToString(entry.Value, Numbers.Invariant) : Plain(entry.Value, name, 1);
                    point.Set(entry.Key, given);
                }
                call.Findings.AddPoint(point);
                return plain;
            }

            /// <summary>A value that JSON can carry; measurements on the way are noted.</summary>
            internal object Plain(object value, string name, int depth)
            {
                if (value == null || value is string || value is double || value is bool || value is long)
                {
                    return value;
                }
                if (depth > Deepest)
                {
                    throw Cannot(value, name, "is nested too deeply");
                }
                Shape shape = Shape.Of(value.GetType());
                switch (shape.What)
                {
                    case Shape.Kind.Scalar:
                        return Scalars.Plain(value) ?? NotCarried(value, name);
                    case Shape.Kind.Map:
                        JsonMap map = new JsonMap();
                        foreach (KeyValuePair<string, object> entry in Entries(value))
                        {
                            map.Set(entry.Key, Plain(entry.Value, name, depth + 1));
                        }
                        return map;
                    case Shape.Kind.List:
                        Array array = value as Array;
                        return array != null && array.Rank > 1
                            ? Rows(array, name, new int[array.Rank], 0, depth + 1)
                            : Items((IEnumerable)value, name, depth + 1);
                    case Shape.Kind.Tuple:
                        return Items(TupleNames.Items(value), name, depth + 1);
                    case Shape.Kind.Measurement:
                        return AddPoint(shape.NameOf(value), shape.ValueOf(value), shape.RestOf(value));
                    default:
                        JsonMap members = new JsonMap();
                        foreach (Shape.Member member in shape.Members)
                        {
                            members.Set(member.Name, Plain(member.Get(value), name, depth + 1));
                        }
                        return members;
                }
            }

            private List<object> Items(IEnumerable items, string name, int depth)
            {
                List<object> list = new List<object>();
                foreach (object item in items)
                {
                    list.Add(Plain(item, name, depth));
                }
                return list;
            }

            /// <summary>An array of several dimensions as lists of lists.</summary>
            private List<object> Rows(Array array, string name, int[] place, int dimension, int depth)
            {
                List<object> rows = new List<object>();
                int from = array.GetLowerBound(dimension);
                for (int index = from; index < from + array.GetLength(dimension); index++)
                {
                    place[dimension] = index;
                    rows.Add(dimension + 1 < array.Rank
                        ? Rows(array, name, place, dimension + 1, depth + 1)
                        : Plain(array.GetValue(place), name, depth + 1));
                }
                return rows;
            }

            private static IEnumerable<KeyValuePair<string, object>> Entries(object map)
            {
                IDictionary plain = map as IDictionary;
                if (plain != null)
                {
                    foreach (DictionaryEntry entry in plain)
                    {
                        yield return new KeyValuePair<string, object>(KeyOf(entry.Key), entry.Value);
                    }
                    yield break;
                }
                Type pair = Shape.EntryOf(map.GetType());
                PropertyInfo key = pair.GetProperty("Key");
                PropertyInfo value = pair.GetProperty("Value");
                foreach (object entry in (IEnumerable)map)
                {
                    yield return new KeyValuePair<string, object>(
                        KeyOf(key.GetValue(entry, null)), value.GetValue(entry, null));
                }
            }

            private static string KeyOf(object key)
            {
                return Convert.ToString(Scalars.Plain(key) ?? key, Numbers.Invariant);
            }

            private object NotCarried(object value, string name)
            {
                throw Cannot(value, name, "cannot leave .NET");
            }

            private Exception Cannot(object value, string name, string why)
            {
                return new InvalidOperationException(
                    label + " returned `" + name + "` of type " + value.GetType().FullName + ", which " + why
                        + "; return numbers, text, booleans, lists or maps of these");
            }
        }
    }

    /// <summary>Names and items of tuples.</summary>
    internal static class TupleNames
    {
        private static readonly Cache<MethodInfo, IList<string>> Known =
            new Cache<MethodInfo, IList<string>>(Read);

        /// <summary>The names that a method's source gives to the items that it returns, or null.</summary>
        internal static IList<string> Of(MethodInfo method)
        {
            return method == null ? null : Known.Of(method);
        }

        private static IList<string> Read(MethodInfo method)
        {
            foreach (object attribute in method.ReturnParameter.GetCustomAttributes(false))
            {
                if (attribute.GetType().FullName == "System.Runtime.CompilerServices.TupleElementNamesAttribute")
                {
                    return attribute.GetType().GetProperty("TransformNames").GetValue(attribute, null) as IList<string>;
                }
            }
            return null;
        }

        internal static List<object> Items(object tuple)
        {
            List<object> items = new List<object>();
            Type type = tuple.GetType();
            for (int index = 1; index <= 7; index++)
            {
                FieldInfo field = type.GetField("Item" + index);
                PropertyInfo property = type.GetProperty("Item" + index);
                if (field == null && property == null)
                {
                    return items;
                }
                items.Add(field != null ? field.GetValue(tuple) : property.GetValue(tuple, null));
            }
            // More than seven items: the rest is a tuple again.
            FieldInfo rest = type.GetField("Rest");
            PropertyInfo restProperty = type.GetProperty("Rest");
            if (rest != null || restProperty != null)
            {
                items.AddRange(Items(rest != null ? rest.GetValue(tuple) : restProperty.GetValue(tuple, null)));
            }
            return items;
        }
    }
}
