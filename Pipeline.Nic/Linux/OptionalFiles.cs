namespace Pipeline.Nic.Linux;

/// <summary>
/// Files that need not be there, or not be readable: those of <c>/proc</c> and <c>/sys</c>, which go away with what they tell of, and those
/// of programs that might not be installed.
/// </summary>
internal static class OptionalFiles
{
    /// <summary>A file's text; null for one that is not there, cannot be read, or went away meanwhile.</summary>
    public static string? Text(string file) => Try(() => File.ReadAllText(file));

    /// <summary>A file's lines; none where <see cref="Text"/> is null.</summary>
    public static string[] Lines(string file) => Try(() => File.ReadAllLines(file)) ?? [];

    /// <summary>A file's bytes; null where <see cref="Text"/> is.</summary>
    public static byte[]? Bytes(string file) => Try(() => File.ReadAllBytes(file));

    /// <summary>The paths of what lies in a folder; none where it cannot be listed.</summary>
    public static string[] Entries(string folder) => Try(() => Directory.GetFileSystemEntries(folder)) ?? [];

    /// <summary>What a link says; empty for what is no link, or cannot be read.</summary>
    public static string Target(string link) => Try(() => new FileInfo(link).LinkTarget) ?? "";

    private static T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
