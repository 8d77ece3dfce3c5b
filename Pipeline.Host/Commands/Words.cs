using System.CommandLine;
using System.CommandLine.Parsing;

namespace Pipeline.Host.Commands;

/// <summary>The words at the end of a command line that together make an expression, as with tcpdump.</summary>
internal static class Words
{
    /// <returns>The words joined with spaces; null for none.</returns>
    /// <exception cref="UsageException">A word looks like an option and does not come after <c>--</c>.</exception>
    public static string? Join(ParseResult line, Argument<string[]> argument)
    {
        var words = line.GetResult(argument)?.Tokens.Select(t => t.Value).ToList() ?? [];
        if (words.Count == 0) return null;

        var behindDashes = line.Tokens.Reverse().TakeWhile(t => t.Type != TokenType.DoubleDash).Count();
        if (behindDashes == line.Tokens.Count) behindDashes = 0;
        foreach (var word in words.Take(words.Count - behindDashes))
        {
            // A lone minus is the operator of that name.
            if (word.Length > 1 && word[0] == '-') throw new UsageException(Mistypes.UnknownOption(word, line.CommandResult.Command, " (an expression that starts so goes behind --)"));
        }

        return string.Join(' ', words);
    }
}
