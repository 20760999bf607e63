using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Waybill.Crash.Tests.Processes;

/// <summary>The signals that .NET has no method for, with their numbers on Linux.</summary>
internal static partial class PosixSignals
{
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
