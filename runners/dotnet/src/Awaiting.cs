using System;
using System.Threading.Tasks;

namespace Maestro.Runner
{
    /// <summary>
    /// Waits for what asynchronous methods return. <c>ValueTask</c> is known by its name only: some
    /// frameworks have it in an assembly of its own.
    /// </summary>
    internal static class Awaiting
    {
        private static readonly Cache<Type, Thunk> Ways = new Cache<Type, Thunk>(WayOf);

        /// <summary>The value behind a task; anything else is its own value.</summary>
        internal static object Finish(object returned, Call call)
        {
            if (returned == null)
            {
                return null;
            }
            Task task = returned as Task;
            if (task == null && IsValueTask(returned.GetType()))
            {
                task = (Task)Ways.Of(returned.GetType())(returned, null);
            }
            if (task == null)
            {
                return returned;
            }
            if (!task.IsCompleted && call != null)
            {
                // The code goes on elsewhere: it hears the token, or is ended with the process.
                call.WaitForOthers();
            }
            task.GetAwaiter().GetResult();
            return ResultOf(task);
        }

        /// <summary>Whether a declared type is one that is waited for.</summary>
        internal static bool IsAwaited(Type type)
        {
            return typeof(Task).IsAssignableFrom(type) || IsValueTask(type);
        }

        private static bool IsValueTask(Type type)
        {
            return type.IsValueType
                && type.Namespace == "System.Threading.Tasks"
                && (type.Name == "ValueTask" || type.Name == "ValueTask`1");
        }

        /// <summary>From a <c>ValueTask</c> to its task, from a task to its result.</summary>
        private static Thunk WayOf(Type type)
        {
            return IsValueTask(type) ? Thunks.Of(type.GetMethod("AsTask")) : ResultGetter(type);
        }

        private static object ResultOf(Task task)
        {
            Thunk getter = Ways.Of(task.GetType());
            return getter == null ? null : getter(task, null);
        }

        /// <summary>Reads the result of a kind of task; null for one without.</summary>
        private static Thunk ResultGetter(Type type)
        {
            while (type != null && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)))
            {
                type = type.BaseType;
            }
            // What a method without a result gives is an empty struct of the framework.
            if (type == null || type.GetGenericArguments()[0].Name == "VoidTaskResult")
            {
                return null;
            }
            return Thunks.Of(type.GetProperty("Result").GetGetMethod());
        }
    }
}
