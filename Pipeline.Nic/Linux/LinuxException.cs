using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>A system call that failed: which one, on what, and the error by name.</summary>
public sealed class LinuxException(string call, string subject, Errno errno)
    : IOException($"{subject}: {call} failed: {Marshal.GetPInvokeErrorMessage((int)errno)} ({Name(errno)})")
{
    /// <summary>The function that failed, by the name of its manual page: <c>open</c>, <c>bpf</c>.</summary>
    public string Call { get; } = call;

    /// <summary>The file or other subject of the call.</summary>
    public string Subject { get; } = subject;

    /// <summary>The error. It can be a number that the enum does not name.</summary>
    public Errno Errno { get; } = errno;

    /// <summary>The error of the last P/Invoke that sets it, as an exception.</summary>
    public static LinuxException Last(string call, string subject) => new(call, subject, (Errno)Marshal.GetLastPInvokeError());

    private static string Name(Errno errno) => Enum.IsDefined(errno) ? errno.ToString() : $"errno {(int)errno}";
}
