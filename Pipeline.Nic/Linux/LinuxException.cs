using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>A system call that failed: which one, on what, and the error by name.</summary>
public sealed class LinuxException(string call, string subject, Errno errno)
    : IOException($"{subject}: {call} failed: {Marshal.GetPInvokeErrorMessage((int)errno)} ({Name(errno)})")
{
    /// <summary>The function that failed, as its manual page is called: <c>open</c>, <c>bpf</c>.</summary>
    public string Call { get; } = call;

    /// <summary>The file, or what else it was about.</summary>
    public string Subject { get; } = subject;

    /// <summary>The error. May be a number that the enum does not name.</summary>
    public Errno Errno { get; } = errno;

    /// <summary>What the last P/Invoke that sets the error left, as an exception.</summary>
    public static LinuxException Last(string call, string subject) => new(call, subject, (Errno)Marshal.GetLastPInvokeError());

    private static string Name(Errno errno) => Enum.IsDefined(errno) ? errno.ToString() : $"errno {(int)errno}";
}
