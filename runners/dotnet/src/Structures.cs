using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

namespace Maestro.Runner
{
    /// <summary>Converters for arrays, lists, maps, and classes that are filled from maps.</summary>
    internal static class Structures
    {
        /// <summary>The converter for a type; null for a type that is no structure.</summary>
        internal static Converter For(Type type)
        {
            if (type.IsArray && type.GetArrayRank() == 1)
            {
                return List(type.GetElementType(), null);
            }
            Type key;
            Type element;
            if (IsMap(type, out key, out element))
            {
                return Map(type, key, element);
            }
            if (IsList(type, out element))
            {
                return List(element, type);
            }
            bool isOurs = type.Namespace == null || !(type.Namespace + ".").StartsWith("System.", StringComparison.Ordinal);
            bool canBeMade = !type.IsAbstract && (type.IsValueType || type.GetConstructor(Type.EmptyTypes) != null);
            return isOurs && canBeMade && !type.IsPrimitive ? Filled(type) : null;
        }

        /// <summary>A value for a parameter that takes anything.</summary>
        internal static object Free(object native)
        {
            if (native is long && (long)native >= int.MinValue && (long)native <= int.MaxValue)
            {
                return (int)(long)native;
            }
            List<object> list = native as List<object>;
            if (list != null)
            {
                return list.ConvertAll<object>(Free);
            }
            JsonMap map = native as JsonMap;
            if (map == null)
            {
                return native;
            }
            Dictionary<string, object> free = new Dictionary<string, object>();
            for (int index = 0; index < map.Count; index++)
            {
                free[map.Name(index)] = Free(map.Value(index));
            }
            return free;
        }

        private static bool IsList(Type type, out Type element)
        {
            element = typeof(object);
            if (type == typeof(IEnumerable) || type == typeof(IList) || type == typeof(ICollection)
                || type == typeof(ArrayList))
            {
                return true;
            }
            if (!type.IsGenericType || type.GetGenericArguments().Length != 1)
            {
                return false;
            }
            element = type.GetGenericArguments()[0];
            Type list = typeof(List<>).MakeGenericType(element);
            return type.IsAssignableFrom(list) || IsMadeOf(type, typeof(IEnumerable<>).MakeGenericType(element));
        }

        private static bool IsMap(Type type, out Type key, out Type element)
        {
            key = element = typeof(object);
            if (type == typeof(IDictionary) || type == typeof(Hashtable))
            {
                key = typeof(string);
                return true;
            }
            if (!type.IsGenericType || type.GetGenericArguments().Length != 2)
            {
                return false;
            }
            Type[] arguments = type.GetGenericArguments();
            key = arguments[0];
            element = arguments[1];
            Type map = typeof(Dictionary<,>).MakeGenericType(arguments);
            return type.IsAssignableFrom(map) || IsMadeOf(type, typeof(IDictionary<,>).MakeGenericType(arguments));
        }

        /// <summary>Whether a class of a collection library can be made of what it holds.</summary>
        private static bool IsMadeOf(Type type, Type content)
        {
            return !type.IsAbstract && type.GetConstructor(new[] { content }) != null;
        }

        /// <summary>A list of the element type; an array where <paramref name="type"/> is null.</summary>
        private static Converter List(Type element, Type type)
        {
            Converter convert = Conversion.For(element);
            if (convert == null)
            {
                return null;
            }
            return delegate(object native, string text)
            {
                if (native == null)
                {
                    return null;
                }
                List<object> given = Given(native) as List<object>;
                if (given == null)
                {
                    throw Conversion.Not("no list", native, text);
                }
                Array array = Array.CreateInstance(element, given.Count);
                for (int index = 0; index < given.Count; index++)
                {
                    array.SetValue(Element(convert, given[index]), index);
                }
                if (type == null || type == typeof(IEnumerable) || type == typeof(ICollection))
                {
                    return array;
                }
                if (type == typeof(ArrayList))
                {
                    return new ArrayList(array);
                }
                Type list = typeof(List<>).MakeGenericType(element);
                bool isList = type.IsAssignableFrom(list);
                return Activator.CreateInstance(isList ? list : type, new object[] { array });
            };
        }

        private static Converter Map(Type type, Type key, Type element)
        {
            Converter convertKey = Conversion.For(key);
            Converter convert = Conversion.For(element);
            if (convertKey == null || convert == null)
            {
                return null;
            }
            Type map = type == typeof(Hashtable) ? type : typeof(Dictionary<,>).MakeGenericType(key, element);
            return delegate(object native, string text)
            {
                if (native == null)
                {
                    return null;
                }
                JsonMap given = Given(native) as JsonMap;
                if (given == null)
                {
                    throw Conversion.Not("no map", native, text);
                }
                IDictionary made = (IDictionary)Activator.CreateInstance(map);
                for (int index = 0; index < given.Count; index++)
                {
                    string name = given.Name(index);
                    made[convertKey(name, name)] = Element(convert, given.Value(index));
                }
                bool isMade = type.IsInstanceOfType(made);
                return isMade ? made : Activator.CreateInstance(type, new object[] { made });
            };
        }

        /// <summary>A class whose public properties and fields have the names of a map.</summary>
        private static Converter Filled(Type type)
        {
            return delegate(object native, string text)
            {
                if (native == null)
                {
                    return null;
                }
                JsonMap given = Given(native) as JsonMap;
                if (given == null)
                {
                    throw Conversion.Not("no map for `" + type.Name + "`", native, text);
                }
                object made = Activator.CreateInstance(type);
                for (int index = 0; index < given.Count; index++)
                {
                    Fill(type, made, given.Name(index), given.Value(index));
                }
                return made;
            };
        }

        private static void Fill(Type type, object made, string name, object value)
        {
            const BindingFlags Any = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;
            PropertyInfo property = type.GetProperty(name, Any);
            FieldInfo field = type.GetField(name, Any);
            Type wanted = property != null ? property.PropertyType : field != null ? field.FieldType : null;
            bool canSet = property == null ? field != null && !field.IsInitOnly : property.GetSetMethod() != null;
            Converter convert = canSet ? Conversion.For(wanted) : null;
            if (convert == null)
            {
                throw new FormatException("`" + type.Name + "` has nothing to set that is named `" + name + "`");
            }
            object converted = Element(convert, value);
            if (property != null)
            {
                property.SetValue(made, converted, null);
            }
            else
            {
                field.SetValue(made, converted);
            }
        }

        /// <summary>What stands inside a structure has no text of its own.</summary>
        private static object Element(Converter convert, object native)
        {
            return convert(native, Spell(native));
        }

        /// <summary>How the protocol spells a value.</summary>
        internal static string Spell(object native)
        {
            if (native == null)
            {
                return "";
            }
            if (native is bool)
            {
                return (bool)native ? "True" : "False";
            }
            if (native is double)
            {
                return Numbers.FormatDouble((double)native);
            }
            if (native is string || native is long || native is ulong)
            {
                return Convert.ToString(native, Numbers.Invariant);
            }
            JsonWriter writer = new JsonWriter();
            writer.Value(native);
            return System.Text.Encoding.UTF8.GetString(writer.Bytes, 0, writer.Count);
        }

        /// <summary>The value, or the one that a text of JSON spells.</summary>
        private static object Given(object native)
        {
            string text = native as string;
            if (text == null)
            {
                return native;
            }
            try
            {
                return JsonReader.Parse(text);
            }
            catch (JsonException)
            {
                return native;
            }
        }
    }
}
