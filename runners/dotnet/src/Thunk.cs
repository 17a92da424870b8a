using System;
using System.Collections.Generic;
using System.Reflection;
using System.Reflection.Emit;

namespace Maestro.Runner
{
    /// <summary>Calls a method: on an object, or on null for a static one.</summary>
    internal delegate object Thunk(object target, object[] arguments);

    /// <summary>
    /// Makes delegates of methods, so that a call is no reflection and its exceptions arrive as they
    /// were thrown.
    /// </summary>
    internal static class Thunks
    {
        internal static Thunk Of(MethodInfo method)
        {
            foreach (ParameterInfo parameter in method.GetParameters())
            {
                if (parameter.ParameterType.IsByRef || parameter.ParameterType.IsPointer)
                {
                    return ByReflection(method);
                }
            }
            if (method.ReturnType.IsByRef || method.ReturnType.IsPointer)
            {
                return ByReflection(method);
            }
            return ByCode(method);
        }

        /// <summary>Methods with <c>out</c> and <c>ref</c> parameters, which fill the arguments.</summary>
        private static Thunk ByReflection(MethodInfo method)
        {
            return delegate(object target, object[] arguments)
            {
                try
                {
                    return method.Invoke(target, arguments);
                }
                catch (TargetInvocationException problem)
                {
                    throw Failure.Kept(problem.InnerException);
                }
            };
        }

        private static Thunk ByCode(MethodInfo method)
        {
            Type[] takes = { typeof(object), typeof(object[]) };
            DynamicMethod code = new DynamicMethod(
                "maestro_call", typeof(object), takes, typeof(Thunks).Module, true);
            ILGenerator il = code.GetILGenerator();
            Type owner = method.DeclaringType;
            if (!method.IsStatic)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(owner.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, owner);
            }
            Type[] types = Array.ConvertAll<ParameterInfo, Type>(
                method.GetParameters(), delegate(ParameterInfo parameter) { return parameter.ParameterType; });
            for (int index = 0; index < types.Length; index++)
            {
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Ldc_I4, index);
                il.Emit(OpCodes.Ldelem_Ref);
                il.Emit(OpCodes.Unbox_Any, types[index]);
            }
            if (owner.IsValueType)
            {
                // Mono crashes on the way below.
                il.Emit(OpCodes.Call, method);
            }
            else
            {
                // By its address: a method that is inlined is missing in the stacks of exceptions.
                il.Emit(OpCodes.Ldftn, method);
                il.EmitCalli(OpCodes.Calli, method.CallingConvention, method.ReturnType, types, null);
            }
            if (method.ReturnType == typeof(void))
            {
                il.Emit(OpCodes.Ldnull);
            }
            else
            {
                il.Emit(OpCodes.Box, method.ReturnType);
            }
            il.Emit(OpCodes.Ret);
            return (Thunk)code.CreateDelegate(typeof(Thunk));
        }
    }

    /// <summary>The objects of the run, one for each class whose instance methods are called.</summary>
    internal sealed class Instances
    {
        private readonly Dictionary<Type, object> objects = new Dictionary<Type, object>();
        private readonly List<object> inOrder = new List<object>();

        /// <summary>Names of what could not be disposed of.</summary>
        private readonly List<string> failed = new List<string>();

        internal bool HasAny
        {
            get { return inOrder.Count > 0; }
        }

        /// <summary>The object of a class; made when it is first asked for.</summary>
        internal object Of(Type type)
        {
            object found;
            if (!objects.TryGetValue(type, out found))
            {
                try
                {
                    found = Activator.CreateInstance(type);
                }
                catch (TargetInvocationException problem)
                {
                    throw Failure.Kept(problem.InnerException);
                }
                Keep(type, found);
            }
            return found;
        }

        private void Keep(Type type, object made)
        {
            try
            {
            }
            finally
            {
                // No abort strikes here.
                objects[type] = made;
                inOrder.Add(made);
                if (IsDisposable(made))
                {
                    Announce();
                }
            }
        }

        /// <summary>Tells the engine what is open: it waits longer for the end, and records what is left.</summary>
        private void Announce()
        {
            List<object> names = new List<object>();
            foreach (string name in failed)
            {
                names.Add(name);
            }
            foreach (object kept in inOrder)
            {
                if (IsDisposable(kept))
                {
                    names.Add(kept.GetType().FullName);
                }
            }
            Wire.Notify("holds", new JsonMap().Set("names", names));
        }

        private static bool IsDisposable(object kept)
        {
            return kept is IDisposable || kept.GetType().GetInterface("System.IAsyncDisposable") != null;
        }

        /// <summary>Disposes of them, the last one first. What fails is told and stops nothing.</summary>
        internal void Dispose()
        {
            for (int index = inOrder.Count - 1; index >= 0; index--)
            {
                object gone = inOrder[index];
                if (!IsDisposable(gone))
                {
                    continue;
                }
                try
                {
                    Dispose(gone);
                }
                catch (Exception problem)
                {
                    string name = gone.GetType().FullName;
                    failed.Add(name);
                    Wire.Log("error", "`" + name + "` cannot be disposed of: " + Failure.TraceOf(problem));
                }
                inOrder.RemoveAt(index);
                Announce();
            }
            inOrder.Clear();
            objects.Clear();
        }

        private static void Dispose(object gone)
        {
            Type later = gone.GetType().GetInterface("System.IAsyncDisposable");
            IDisposable disposable = gone as IDisposable;
            if (disposable != null)
            {
                disposable.Dispose();
            }
            else if (later != null)
            {
                Awaiting.Finish(later.GetMethod("DisposeAsync").Invoke(gone, null), null);
            }
        }
    }
}
