namespace Pipeline.Host.Registry;

/// <summary>The numbers of processes that a process sees. A container has its own, in which other processes have the same numbers.</summary>
internal static class PidNamespace
{
    /// <summary>What the kernel calls it, such as <c>pid:[4026531836]</c>; null where it does not say.</summary>
    public static string? OfThisProcess { get; } = Read();

    private static string? Read()
    {
        try
        {
            return new FileInfo("/proc/self/ns/pid").LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
