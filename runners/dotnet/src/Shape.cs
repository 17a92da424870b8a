using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

namespace Maestro.Runner
{
    /// <summary>What values of a type are to the protocol, found out once for each type.</summary>
    internal sealed class Shape
    {
        private static readonly Cache<Type, Shape> Known =
            new Cache<Type, Shape>(delegate(Type type) { return new Shape(type); });

        internal readonly Kind What;

        /// <summary>The public properties and fields in their order.</summary>
        internal readonly List<Member> Members = new List<Member>();

        // Of a measurement.
        private readonly Member name;
        private readonly Member value;
        private readonly Member unit;
        private readonly Member low;
        private readonly Member high;
        private readonly Member expected;

        /// <summary>The kinds of types.</summary>
        internal enum Kind
        {
            Scalar,
            Map,
            List,
            Tuple,
            Measurement,
            Object,
        }

        /// <summary>A property or field that can be read.</summary>
        internal sealed class Member
        {
            internal string Name;
            internal Func<object, object> Get;
        }

        private Shape(Type type)
        {
            What = KindOf(type);
            if (What != Kind.Object)
            {
                return;
            }
            AddMembers(type);
            name = Find("Name");
            value = Find("Value");
            if (name != null && value != null)
            {
                What = Kind.Measurement;
                unit = Find("Unit") ?? Find("Units");
                low = Find("LowLimit") ?? Find("LowerLimit");
                high = Find("HighLimit") ?? Find("UpperLimit");
                expected = Find("Expected");
            }
        }

        internal static Shape Of(Type type)
        {
            return Known.Of(type);
        }

        /// <summary>A measurement as the protocol has it; its value is made plain by the caller.</summary>
        internal string NameOf(object measurement)
        {
            return Convert.ToString(name.Get(measurement), Numbers.Invariant) ?? "";
        }

        internal object ValueOf(object measurement)
        {
            return value.Get(measurement);
        }

        /// <summary>The rest of a measurement, with the names of the protocol.</summary>
        internal IEnumerable<KeyValuePair<string, object>> RestOf(object measurement)
        {
            string[] names = { "unit", "low_limit", "high_limit", "expected" };
            Member[] members = { unit, low, high, expected };
            for (int index = 0; index < names.Length; index++)
            {
                object found = members[index] == null ? null : members[index].Get(measurement);
                if (found != null && !"".Equals(found))
                {
                    yield return new KeyValuePair<string, object>(names[index], found);
                }
            }
        }

        private static Kind KindOf(Type type)
        {
            if (type.IsEnum || Type.GetTypeCode(type) != TypeCode.Object)
            {
                return Kind.Scalar;
            }
            if (IsTuple(type))
            {
                return Kind.Tuple;
            }
            if (typeof(IDictionary).IsAssignableFrom(type) || EntryOf(type) != null)
            {
                return Kind.Map;
            }
            if (typeof(IConvertible).IsAssignableFrom(type))
            {
                return Kind.Scalar;
            }
            if (typeof(IEnumerable).IsAssignableFrom(type))
            {
                return Kind.List;
            }
            // Of the framework's own types only plain structs are data: points, complex numbers.
            bool isFramework = ((type.Namespace ?? "") + ".").StartsWith("System.", StringComparison.Ordinal);
            bool isText = typeof(IFormattable).IsAssignableFrom(type) && !type.FullName.StartsWith("System.Numerics.Complex");
            return isFramework && (!type.IsValueType || isText) ? Kind.Scalar : Kind.Object;
        }

        private static bool IsTuple(Type type)
        {
            bool isNamed = type.IsGenericType && type.FullName != null;
            return isNamed
                && (type.FullName.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
                    || type.FullName.StartsWith("System.Tuple`", StringComparison.Ordinal));
        }

        /// <summary>The pair that a map of some library enumerates; null for what is no map.</summary>
        internal static Type EntryOf(Type type)
        {
            foreach (Type each in type.GetInterfaces())
            {
                if (!each.IsGenericType)
                {
                    continue;
                }
                Type general = each.GetGenericTypeDefinition();
                if (general == typeof(IDictionary<,>) || general == typeof(IReadOnlyDictionary<,>))
                {
                    return typeof(KeyValuePair<,>).MakeGenericType(each.GetGenericArguments());
                }
            }
            return null;
        }

        private void AddMembers(Type type)
        {
            const BindingFlags Readable = BindingFlags.Public | BindingFlags.Instance;
            foreach (PropertyInfo property in type.GetProperties(Readable))
            {
                MethodInfo getter = property.GetGetMethod();
                bool isCompilers = property.Name == "EqualityContract";
                if (getter != null && property.GetIndexParameters().Length == 0 && !isCompilers)
                {
                    Thunk get = null;
                    Add(property.Name, delegate(object owner)
                    {
                        get = get ?? Thunks.Of(getter);
                        return get(owner, null);
                    });
                }
            }
            foreach (FieldInfo field in type.GetFields(Readable))
            {
                FieldInfo read = field;
                Add(field.Name, delegate(object owner) { return read.GetValue(owner); });
            }
        }

        private void Add(string memberName, Func<object, object> get)
        {
            // What a derived class hides comes later.
            if (Find(memberName) == null)
            {
                Members.Add(new Member { Name = memberName, Get = get });
            }
        }

        private Member Find(string memberName)
        {
            return Members.Find(delegate(Member member) { return member.Name == memberName; });
        }
    }
}
