using System;
using System.IO;
using System.Text;

namespace Maestro.Runner
{
    /// <summary>Files that belong to the result of a call.</summary>
    internal static class Artifacts
    {
        private static string folder;
        private static int count;

        /// <summary>Adds content; returns the path of the file that it is written to.</summary>
        internal static string Add(Call call, string name, byte[] content, string mediaType)
        {
            string path = Path.Combine(Folder(), FileName(name));
            File.WriteAllBytes(path, content);
            Note(call, name, path, mediaType ?? "application/octet-stream");
            return path;
        }

        /// <summary>Adds a file that is there; returns its full path.</summary>
        internal static string Add(Call call, string name, string path, string mediaType)
        {
            string full = Path.GetFullPath(path);
            if (!File.Exists(full))
            {
                throw new FileNotFoundException("artifact `" + name + "`: there is no file " + full, full);
            }
            Note(call, name, full, mediaType);
            return full;
        }

        private static void Note(Call call, string name, string path, string mediaType)
        {
            JsonMap file = new JsonMap().Set("name", name).Set("path", path);
            if (mediaType != null)
            {
                file.Set("media_type", mediaType);
            }
            call.Findings.AddFile(file);
        }

        private static string Folder()
        {
            if (folder == null)
            {
                string given = Environment.GetEnvironmentVariable("MAESTRO_ARTIFACTS");
                if (!string.IsNullOrEmpty(given))
                {
                    Directory.CreateDirectory(given);
                    folder = given;
                }
                else
                {
                    string own = Path.Combine(Path.GetTempPath(), "maestro-" + Guid.NewGuid().ToString("N"));
                    Directory.CreateDirectory(own);
                    AppDomain.CurrentDomain.ProcessExit += delegate { Remove(own); };
                    folder = own;
                }
            }
            return folder;
        }

        private static void Remove(string own)
        {
            try
            {
                Directory.Delete(own, true);
            }
            catch (IOException)
            {
                // A temporary folder that stays is the system's to clean.
            }
        }

        private static string FileName(string name)
        {
            StringBuilder safe = new StringBuilder();
            foreach (char letter in name.Length > 100 ? name.Substring(0, 100) : name)
            {
                safe.Append(char.IsLetterOrDigit(letter) || "-._".IndexOf(letter) >= 0 ? letter : '_');
            }
            string unique = Guid.NewGuid().ToString("N").Substring(0, 12);
            return unique + "-" + ++count + "-" + safe;
        }
    }
}
