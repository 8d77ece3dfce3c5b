using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>Paths that a server serves everything below: <c>/pipeline</c>, <c>/lab/n1</c>, or <c>/</c> for none.</summary>
public static class BasePaths
{
    private const int Longest = 200;

    internal static readonly Reading<string> Reading = new("a path of A-Z a-z 0-9 _ . - and /, such as /pipeline", TryRead);

    /// <param name="text">What the user wrote, with or without a slash at the end.</param>
    /// <param name="path">The path without a slash at the end; empty for none.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? path)
    {
        path = text.EndsWith('/') ? text[..^1] : text;
        if (path.Length == 0) return text.Length > 0;
        return path.Length <= Longest && path[0] == '/' && path[1..].Split('/').All(IsSegment);
    }

    // Browsers take . and .. for the way up, and would ask elsewhere.
    private static bool IsSegment(string text) => text is not ("" or "." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
