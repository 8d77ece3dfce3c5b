using System.Globalization;

namespace Pipeline.Host.Registry;

/// <summary>
/// When a process started, in clock ticks after the machine did. Numbers of processes are given again, and this tells them apart.
/// </summary>
internal static class ProcessStart
{
    /// <summary>proc_pid_stat(5): the field's place after the name, which is in brackets and may itself have blanks and brackets.</summary>
    private const int StateField = 0, StartField = 19;

    public static long OfThisProcess { get; } = Of(Environment.ProcessId) ?? 0;

    /// <returns>Null where there is no such process, or only what is left of it for its parent.</returns>
    public static long? Of(int pid)
    {
        try
        {
            return OfText(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="text">The text of the file.</param>
    internal static long? OfText(string text)
    {
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= StartField || fields[StateField] is "Z" or "X") return null;
        return long.TryParse(fields[StartField], NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : null;
    }
}
