using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Threading;

namespace Maestro.Runner
{
    /// <summary>The loop: requests in, answers out, one after another.</summary>
    internal sealed class Server
    {
        private const long Protocol = 1;
        private const string Version = "0.1.0";

        private readonly Requests requests;
        private readonly Packages packages = new Packages();
        private readonly Instances instances = new Instances();
        private readonly Targets targets;

        internal Server(Requests requests)
        {
            this.requests = requests;
            targets = new Targets(packages, instances);
        }

        /// <summary>Serves until <c>shutdown</c> or the end of the stream, then closes what is open.</summary>
        internal void Serve()
        {
            JsonMap request;
            do
            {
                request = requests.Next();
            }
            while (request != null && Serve(request));
            if (request == null)
            {
                Thread end = new Thread(Requests.EndSoon);
                end.IsBackground = true;
                end.Start();
                instances.Dispose();
            }
        }

        /// <summary>Serves one request; false after <c>shutdown</c>.</summary>
        private bool Serve(JsonMap request)
        {
            object id = request.Get("id");
            if (id == null)
            {
                return true;
            }
            JsonMap parameters = request.GetMap("params") ?? new JsonMap();
            try
            {
                switch (request.GetText("method"))
                {
                    case "execute":
                        Execute(id, parameters);
                        break;
                    case "describe":
                        Wire.Answer(id, new Description(targets).Of(parameters));
                        break;
                    case "initialize":
                        Wire.Answer(id, Initialize(parameters));
                        break;
                    case "shutdown":
                        Close();
                        Wire.Answer(id, new JsonMap());
                        return false;
                    default:
                        string method = request.GetText("method");
                        Wire.Refuse(id, new Refusal(Refusal.NotFound, "unknown method `" + method + "`"));
                        break;
                }
            }
            catch (Refusal refusal)
            {
                Wire.Refuse(id, refusal);
            }
            catch (Exception bug)
            {
                // A bug of the runner must not look like silence.
                Wire.Refuse(id, Failure.Internal(bug));
            }
            return true;
        }

        private JsonMap Initialize(JsonMap parameters)
        {
            object protocol = parameters.Get("protocol");
            if (!Protocol.Equals(protocol))
            {
                string message = "this runner speaks protocol 1, the engine " + (protocol ?? "none");
                throw new Refusal(Refusal.InvalidParams, message);
            }
            string workdir = parameters.GetText("workdir");
            if (!string.IsNullOrEmpty(workdir))
            {
                try
                {
                    Directory.SetCurrentDirectory(workdir);
                }
                catch (Exception problem)
                {
                    string message = "cannot enter the working directory: " + problem.Message;
                    throw new Refusal(Refusal.InvalidParams, message);
                }
            }
            packages.Enter(parameters.Get("packages") as List<object>);
            List<object> capabilities = new List<object>
            {
                "describe", "cancel", "log", "progress", "prompt", "artifact",
            };
            return new JsonMap()
                .Set("protocol", Protocol)
                .Set("name", "dotnet")
                .Set("version", Version)
                .Set("runtime", Runtime())
                .Set("capabilities", capabilities);
        }

        /// <summary>The name and version of what runs this: Mono 6.8.0.105, .NET 10.0.1.</summary>
        private static string Runtime()
        {
            Type mono = Type.GetType("Mono.Runtime");
            if (mono != null)
            {
                const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Static;
                MethodInfo name = mono.GetMethod("GetDisplayName", Hidden);
                string version = name == null ? "" : name.Invoke(null, null) as string ?? "";
                return ("Mono " + version.Split(' ')[0]).Trim();
            }
            string kind = Environment.Version.Major == 4 ? ".NET Framework " : ".NET ";
            return kind + Environment.Version;
        }

        private void Execute(object id, JsonMap parameters)
        {
            Call call = new Call(id, parameters);
            object result = null;
            Refusal refusal = null;
            call.Begin();
            requests.CallBegins();
            try
            {
                result = targets.Run(call);
            }
            catch (Refusal refused)
            {
                refusal = refused;
            }
            Streams.Flush();
            bool isCancelled = call.IsCancelled;
            call.End();
            if (isCancelled)
            {
                Wire.Refuse(id, new Refusal(Refusal.Cancelled, "cancelled"));
            }
            else if (refusal != null)
            {
                Wire.Refuse(id, refusal);
            }
            else
            {
                Wire.Answer(id, result);
            }
        }

        /// <summary>Disposes of the objects of the run; that may take longer than SIGTERM allows.</summary>
        private void Close()
        {
            if (instances.HasAny && Streams.IsUnix)
            {
                Native.Ignore(Native.Sigterm);
            }
            instances.Dispose();
            Streams.Flush();
        }
    }
}
