using System;
using System.Runtime.InteropServices;

namespace Maestro.Runner
{
    /// <summary>
    /// The few calls of the C library that moving descriptors takes. Only for systems that have one.
    /// </summary>
    internal static class Native
    {
        internal const short PollIn = 1;
        internal const int Sigterm = 15;

        private const int Interrupted = 4;
        private const int SetDescriptorFlags = 2;
        private const int CloseOnExec = 1;

        [StructLayout(LayoutKind.Sequential)]
        internal struct PollFd
        {
            internal int Descriptor;
            internal short Events;
            internal short Found;
        }

        [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
        private static extern int DupRaw(int descriptor);

        [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
        private static extern int Dup2Raw(int descriptor, int wanted);

        [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
        private static extern int FcntlRaw(int descriptor, int command, int argument);

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        private static extern int OpenRaw(string path, int flags);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        private static extern int CloseRaw(int descriptor);

        [DllImport("libc", EntryPoint = "read", SetLastError = true)]
        private static extern IntPtr ReadRaw(int descriptor, byte[] bytes, IntPtr count);

        [DllImport("libc", EntryPoint = "write", SetLastError = true)]
        private static extern IntPtr WriteRaw(int descriptor, IntPtr bytes, IntPtr count);

        [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
        private static extern int PollRaw([In, Out] PollFd[] descriptors, UIntPtr count, int timeoutMs);

        [DllImport("libc", EntryPoint = "_exit")]
        internal static extern void ExitNow(int code);

        [DllImport("libc", EntryPoint = "signal")]
        private static extern IntPtr SignalRaw(int number, IntPtr handler);

        /// <summary>A duplicate that child processes do not inherit.</summary>
        internal static int DuplicatePrivately(int descriptor)
        {
            int duplicate = DupRaw(descriptor);
            if (duplicate < 0 || FcntlRaw(duplicate, SetDescriptorFlags, CloseOnExec) < 0)
            {
                throw new InvalidOperationException("descriptor " + descriptor + " cannot be moved");
            }
            return duplicate;
        }

        /// <summary>Lets <paramref name="wanted"/> be what <paramref name="descriptor"/> is.</summary>
        internal static void Point(int wanted, int descriptor)
        {
            if (Dup2Raw(descriptor, wanted) < 0)
            {
                throw new InvalidOperationException("descriptor " + wanted + " cannot be pointed elsewhere");
            }
        }

        /// <summary>Lets a descriptor be an empty file.</summary>
        internal static void PointAtNothing(int wanted)
        {
            int nothing = OpenRaw("/dev/null", 0);
            if (nothing < 0)
            {
                throw new InvalidOperationException("/dev/null cannot be opened");
            }
            Point(wanted, nothing);
            CloseRaw(nothing);
        }

        /// <summary>Reads what is there, at least one byte; 0 at the end.</summary>
        internal static int Read(int descriptor, byte[] bytes)
        {
            while (true)
            {
                int count = (int)ReadRaw(descriptor, bytes, (IntPtr)bytes.Length);
                if (count >= 0)
                {
                    return count;
                }
                if (Marshal.GetLastWin32Error() != Interrupted)
                {
                    return 0;
                }
            }
        }

        /// <summary>Writes all of it; false when nobody reads any more.</summary>
        internal static bool Write(int descriptor, byte[] bytes, int count)
        {
            GCHandle pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            try
            {
                IntPtr start = pinned.AddrOfPinnedObject();
                for (int written = 0; written < count;)
                {
                    int more = (int)WriteRaw(descriptor, start + written, (IntPtr)(count - written));
                    if (more < 0 && Marshal.GetLastWin32Error() != Interrupted)
                    {
                        return false;
                    }
                    written += Math.Max(more, 0);
                }
                return true;
            }
            finally
            {
                pinned.Free();
            }
        }

        /// <summary>Whether something can be read within a time, the end included.</summary>
        internal static bool CanRead(PollFd[] one, int timeoutMs)
        {
            one[0].Found = 0;
            return PollRaw(one, (UIntPtr)1, timeoutMs) > 0;
        }

        /// <summary>Lets a signal pass unheard.</summary>
        internal static void Ignore(int signal)
        {
            SignalRaw(signal, (IntPtr)1);
        }
    }
}
