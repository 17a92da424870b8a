using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;

namespace Maestro.Runner
{
    /// <summary>The packages taking part, and the assemblies in their folders.</summary>
    internal sealed class Packages
    {
        private static readonly string[] Endings = { ".dll", ".exe", "" };

        private readonly List<Package> packages = new List<Package>();
        private readonly Dictionary<string, Assembly> loaded = new Dictionary<string, Assembly>();
        private readonly Dictionary<string, string> targets = new Dictionary<string, string>();

        private sealed class Package
        {
            internal string Name;
            internal readonly List<string> Folders = new List<string>();
        }

        internal void Enter(List<object> given)
        {
            foreach (object entry in given ?? new List<object>())
            {
                JsonMap map = entry as JsonMap;
                if (map == null)
                {
                    throw new Refusal(Refusal.InvalidParams, "`packages` holds something that is no package");
                }
                Package package = new Package { Name = map.GetText("name") ?? "" };
                foreach (object folder in map.Get("search_paths") as List<object> ?? new List<object>())
                {
                    package.Folders.Add(folder as string ?? "");
                }
                package.Folders.Add(map.GetText("root") ?? "");
                packages.Add(package);
            }
            AppDomain.CurrentDomain.AssemblyResolve += Resolve;
        }

        /// <summary>The assembly that a step names: in its own package, else in the others.</summary>
        internal Assembly Find(string package, string name)
        {
            string path = Locate(package, name);
            Assembly assembly;
            if (loaded.TryGetValue(path, out assembly))
            {
                return assembly;
            }
            string simple = Path.GetFileNameWithoutExtension(path);
            string other;
            if (targets.TryGetValue(simple, out other) && !AreSame(other, path))
            {
                throw new Refusal(
                    Refusal.InvalidParams,
                    "assembly `" + simple + "` is " + other + " and, with other content, " + path
                        + ": rename one of them");
            }
            assembly = Load(path);
            loaded[path] = assembly;
            targets[simple] = path;
            return assembly;
        }

        private static Assembly Load(string path)
        {
            try
            {
                return Assembly.LoadFrom(path);
            }
            catch (BadImageFormatException)
            {
                string message = path + " is no .NET assembly, or none for this runtime and processor";
                throw new Refusal(Refusal.NotFound, message);
            }
            catch (FileLoadException problem)
            {
                throw new Refusal(Refusal.NotFound, path + " cannot be loaded: " + problem.Message);
            }
        }

        private string Locate(string package, string name)
        {
            string relative = name.Trim().Replace('\\', '/');
            bool leadsOut = Path.IsPathRooted(relative) || Array.IndexOf(relative.Split('/'), "..") >= 0;
            if (relative.Length == 0 || leadsOut)
            {
                string message = "`" + name + "` is no assembly in a package";
                throw new Refusal(Refusal.NotFound, message);
            }
            foreach (Package place in InOrder(package))
            {
                foreach (string folder in place.Folders)
                {
                    string path = InFolder(folder, relative);
                    if (path != null)
                    {
                        return path;
                    }
                }
            }
            throw Missing(package, name);
        }

        private static string InFolder(string folder, string name)
        {
            if (folder.Length == 0)
            {
                return null;
            }
            foreach (string ending in Endings)
            {
                string path = Path.Combine(folder, name + ending);
                if (File.Exists(path))
                {
                    return Path.GetFullPath(path);
                }
            }
            return null;
        }

        private IEnumerable<Package> InOrder(string first)
        {
            List<Package> ordered = packages.FindAll(delegate(Package package) { return package.Name == first; });
            ordered.AddRange(packages.FindAll(delegate(Package package) { return package.Name != first; }));
            return ordered;
        }

        private Refusal Missing(string package, string name)
        {
            List<string> there = new List<string>();
            List<string> folders = new List<string>();
            foreach (Package place in InOrder(package))
            {
                // The last folder is the root, where more lies than assemblies.
                for (int index = 0; index < place.Folders.Count - 1; index++)
                {
                    string folder = place.Folders[index];
                    folders.Add(folder);
                    if (Directory.Exists(folder))
                    {
                        foreach (string file in Directory.GetFiles(folder, "*.dll"))
                        {
                            there.Add(Path.GetFileName(file));
                        }
                    }
                }
            }
            there.Sort(StringComparer.Ordinal);
            string has = there.Count == 0 ? "there are no assemblies" : "there are " + Words.List(there);
            string where = folders.Count == 0 ? "no folder" : string.Join(", ", folders.ToArray());
            return new Refusal(
                Refusal.NotFound,
                "there is no assembly `" + name + "`" + Words.Nearest(name, there) + "; in " + where + " " + has);
        }

        /// <summary>
        /// What an assembly refers to: beside that assembly, else in any package. The runtime has
        /// looked among its own before.
        /// </summary>
        private Assembly Resolve(object sender, ResolveEventArgs wanted)
        {
            string name = new AssemblyName(wanted.Name).Name;
            if (name.EndsWith(".resources", StringComparison.Ordinal))
            {
                return null;
            }
            List<string> folders = new List<string>();
            Assembly asking = wanted.RequestingAssembly;
            if (asking != null && !asking.IsDynamic && !string.IsNullOrEmpty(asking.Location))
            {
                folders.Add(Path.GetDirectoryName(asking.Location));
            }
            foreach (Package package in packages)
            {
                folders.AddRange(package.Folders);
            }
            foreach (string folder in folders)
            {
                string path = InFolder(folder, name);
                if (path != null && Path.GetExtension(path).Length > 0)
                {
                    return Assembly.LoadFrom(path);
                }
            }
            return null;
        }

        private static bool AreSame(string one, string other)
        {
            byte[] first = File.ReadAllBytes(one);
            byte[] second = File.ReadAllBytes(other);
            if (first.Length != second.Length)
            {
                return false;
            }
            for (int index = 0; index < first.Length; index++)
            {
                if (first[index] != second[index])
                {
                    return false;
                }
            }
            return true;
        }
    }
}
