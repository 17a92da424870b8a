using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Maestro.Runner
{
    /// <summary>Exceptions of test code as error objects, with a stack that shows the user's code only.</summary>
    internal static class Failure
    {
        /// <summary>Failed assertions of the usual test frameworks: they mean a bad unit.</summary>
        private static readonly string[] Assertions =
        {
            "Maestro.FailException",
            "NUnit.Framework.AssertionException",
            "NUnit.Framework.MultipleAssertException",
            "Xunit.Sdk.XunitException",
            "Xunit.Sdk.IAssertionException",
            "Microsoft.VisualStudio.TestTools.UnitTesting.AssertFailedException",
            "FluentAssertions.Execution.AssertionFailedException",
            "AwesomeAssertions.Execution.AssertionFailedException",
            "Shouldly.ShouldAssertException",
        };

        /// <summary>The refusal that an exception of test code becomes.</summary>
        internal static Refusal Of(Exception thrown)
        {
            Exception problem = Unwrapped(thrown);
            string text = TextOf(problem);
            JsonMap details = new JsonMap()
                .Set("kind", problem.GetType().FullName ?? problem.GetType().Name)
                .Set("traceback", TraceOf(problem));
            if (IsAssertion(problem.GetType()))
            {
                text = text.Trim();
                return new Refusal(Refusal.Assertion, text.Length > 0 ? text : "assertion failed", details);
            }
            string name = problem.GetType().Name;
            string message = text.Length > 0 ? name + ": " + text : name;
            for (Exception inner = problem.InnerException; inner != null; inner = inner.InnerException)
            {
                message += " (" + inner.GetType().Name + ": " + TextOf(inner) + ")";
            }
            return new Refusal(Refusal.Exception, message, details);
        }

        /// <summary>The refusal that a mistake of the runner itself becomes.</summary>
        internal static Refusal Internal(Exception bug)
        {
            JsonMap details = new JsonMap()
                .Set("kind", bug.GetType().FullName)
                .Set("traceback", bug.ToString());
            return new Refusal(Refusal.Exception, "the runner failed: " + bug.Message, details);
        }

        /// <summary>Throws an exception again, with the stack that it has.</summary>
        internal static Exception Kept(Exception thrown)
        {
            ExceptionDispatchInfo.Capture(thrown).Throw();
            return thrown;
        }

        /// <summary>The exception and those behind it as text, without the frames of the runner.</summary>
        internal static string TraceOf(Exception problem)
        {
            string whole;
            try
            {
                whole = problem.ToString();
            }
            catch (Exception second)
            {
                return "the stack cannot be had: " + second.GetType().Name;
            }
            StringBuilder kept = new StringBuilder();
            foreach (string line in whole.Replace("\r", "").Split('\n'))
            {
                string frame = line.TrimStart();
                bool isOurs = frame.StartsWith("at Maestro.Runner.", StringComparison.Ordinal)
                    || frame.StartsWith("at (wrapper ", StringComparison.Ordinal)
                    || frame.StartsWith("at maestro_call", StringComparison.Ordinal)
                    || frame.StartsWith("at System.Runtime.CompilerServices.TaskAwaiter", StringComparison.Ordinal)
                    || frame.StartsWith("at System.Runtime.ExceptionServices.", StringComparison.Ordinal);
                if (!isOurs)
                {
                    kept.Append(line).Append('\n');
                }
            }
            return kept.ToString();
        }

        /// <summary>Whether it is the way in which a test framework ends a method that passes.</summary>
        internal static bool IsSuccess(Exception problem)
        {
            return problem.GetType().FullName == "NUnit.Framework.SuccessException";
        }

        private static bool IsAssertion(Type type)
        {
            for (Type each = type; each != null; each = each.BaseType)
            {
                if (Array.IndexOf(Assertions, each.FullName) >= 0)
                {
                    return true;
                }
            }
            return Array.Exists(
                type.GetInterfaces(),
                delegate(Type each) { return Array.IndexOf(Assertions, each.FullName) >= 0; });
        }

        /// <summary>What tasks and reflection wrap around an exception is taken off.</summary>
        private static Exception Unwrapped(Exception problem)
        {
            AggregateException several = problem as AggregateException;
            while (several != null && several.InnerExceptions.Count == 1)
            {
                problem = several.InnerExceptions[0];
                several = problem as AggregateException;
            }
            return problem;
        }

        private static string TextOf(Exception problem)
        {
            try
            {
                return problem.Message ?? "";
            }
            catch (Exception second)
            {
                return "(its text cannot be had: " + second.GetType().Name + ")";
            }
        }
    }
}
