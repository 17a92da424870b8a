using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Maestro.Runner
{
    /// <summary>
    /// Waits for what asynchronous methods return. <c>ValueTask</c> is known by its name only: some
    /// frameworks have it in an assembly of its own.
    /// </summary>
    internal static class Awaiting
    {
        // Only the main thread finishes tasks.
        private static readonly Dictionary<Type, Thunk> Ways = new Dictionary<Type, Thunk>();

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
                task = (Task)AsTask(returned.GetType())(returned, null);
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

        private static Thunk AsTask(Type type)
        {
            Thunk found;
            if (!Ways.TryGetValue(type, out found))
            {
                found = Ways[type] = Thunks.Of(type.GetMethod("AsTask"));
            }
            return found;
        }

        private static object ResultOf(Task task)
        {
            Type type = task.GetType();
            Thunk found;
            if (!Ways.TryGetValue(type, out found))
            {
                found = Ways[type] = ResultGetter(type);
            }
            return found == null ? null : found(task, null);
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
