using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>What a text may ask for besides what it says: environment variables, and files that it includes.</summary>
/// <param name="environment">The variables.</param>
/// <param name="open">Reads the file that a name in a text stands for; null where texts must not include any.</param>
internal sealed class HoconInputs(IReadOnlyDictionary<string, string> environment, Func<SourceText, string, IncludedText>? open)
{
    /// <summary>How deep files may include others.</summary>
    public const int DeepestInclude = 8;

    /// <summary>The most files that one configuration includes, each as often as it is included.</summary>
    public const int MostIncludes = 64;

    /// <summary>For texts that stand for themselves.</summary>
    public static readonly HoconInputs None = new(new Dictionary<string, string>(), open: null);

    private readonly Stack<(SourceText Source, TextSpan At)> _open = [];
    private int _included;
    private long _characters;

    /// <returns>Null where it is not set.</returns>
    public string? Variable(string name) => environment.GetValueOrDefault(name);

    /// <summary>Reads a file that a text includes, unless that leads in a circle or beyond a limit.</summary>
    /// <param name="at">The place of the name.</param>
    /// <param name="read">Reads its content, which may include further files.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public string? Include(SourceText source, TextSpan at, string name, Action<SourceText> read)
    {
        if (open is null) return "`include` is read in files alone";
        if (_open.Count == DeepestInclude) return $"files include each other more than {DeepestInclude} deep: {Chain()}";
        if (_included++ >= MostIncludes) return $"more than {MostIncludes} files are included";
        IncludedText included;
        try
        {
            included = open(source, name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"`{Quoted.Short(name)}` cannot be included: {error.Message}";
        }

        _open.Push((source, at));
        try
        {
            if (_open.Any(o => included.Identity == included.IdentityOf(o.Source))) return $"`{Quoted.Short(name)}` includes itself: {Chain()}";
            if ((_characters += included.Text.Text.Length) > HoconReader.LongestText)
                return $"the files that are included have more than {HoconReader.LongestText} characters";
            read(included.Text);
            return null;
        }
        finally
        {
            _open.Pop();
        }
    }

    /// <summary>The places that lead here, the outermost first.</summary>
    private string Chain() => string.Join(" > ", _open.Reverse().Select(o =>
    {
        var (line, column) = o.Source.PositionOf(o.At.Start);
        return $"{o.Source.Name}:{line}:{column}";
    }));
}

/// <summary>A file that was included.</summary>
/// <param name="Text">Its content.</param>
/// <param name="Identity">The file, whatever name led to it.</param>
/// <param name="IdentityOf">The same of another text; null where it is no file.</param>
internal sealed record IncludedText(SourceText Text, string Identity, Func<SourceText, string?> IdentityOf);
