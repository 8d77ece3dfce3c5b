using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands;

/// <summary>An expression in a file, as tcpdump's <c>-F</c> reads it: what follows a # on its line is a comment.</summary>
internal static class FilterFile
{
    /// <summary>Reads the expression as one line.</summary>
    /// <exception cref="UsageException">The file has none.</exception>
    /// <exception cref="IOException">It cannot be read, or is no text.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to it is denied.</exception>
    public static string Read(string flag, string file)
    {
        var lines = TextFile.Read(file).Text.Split('\n').Select(line => line.Split('#')[0].Trim());
        var expression = string.Join(' ', lines.Where(line => line.Length > 0));
        return expression.Length > 0 ? expression : throw new UsageException($"{flag} {file}: there is no expression in it");
    }
}
