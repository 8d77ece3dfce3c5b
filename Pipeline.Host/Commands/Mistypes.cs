using System.CommandLine;
using System.CommandLine.Parsing;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands;

/// <summary>What is said of command lines that the parser cannot read.</summary>
internal static class Mistypes
{
    /// <summary>The word that was probably meant, as the end of a sentence; empty for none.</summary>
    public static string Suggestion(string word, IEnumerable<string> known) =>
        Nearest.Of(word, known) is { } meant ? $"; did you mean {meant}?" : "";

    /// <summary>An option that a command has not.</summary>
    /// <param name="otherwise">What to say where neither a similar option nor something instead is known.</param>
    public static string UnknownOption(string word, Command command, string otherwise = "")
    {
        if (command is RunCommand && ForeignFlags.WordsOf(word) is { } instead) return $"there is no {word}: {instead}";
        // One letter is similar to every other.
        var known = word.StartsWith("--", StringComparison.Ordinal) ? OptionsOf(command).Where(o => o.StartsWith("--", StringComparison.Ordinal)) : [];
        var meant = Nearest.Of(word.TrimStart('-').Split('=')[0], known.Select(o => o[2..]));
        return $"unknown option {word}{(meant is null ? otherwise : $"; did you mean --{meant}?")}";
    }

    /// <summary>The parser's errors, in words that name the option and what was expected.</summary>
    public static IEnumerable<string> Of(ParseResult line)
    {
        var found = Options(line).Concat(Strangers(line)).ToList();
        return found.Count > 0 ? found : line.Errors.Select(e => e.Message.TrimEnd('.'));
    }

    private static IEnumerable<string> Options(ParseResult line)
    {
        foreach (var given in line.CommandResult.Children.OfType<OptionResult>().Where(o => !o.Implicit))
        {
            var (option, arity) = (given.Option, given.Option.Arity);
            if (arity.MaximumNumberOfValues == 1 && given.Tokens.Count > 1) yield return $"{option.Name} is given {given.Tokens.Count} times; expected once";
            else if (given.Tokens.Count < arity.MinimumNumberOfValues) yield return $"{option.Name}: its value is missing; expected {option.Name} {option.HelpName}";
        }
    }

    private static IEnumerable<string> Strangers(ParseResult line) => line.UnmatchedTokens.Select(word => word.Length > 1 && word[0] == '-'
        ? UnknownOption(word, line.CommandResult.Command)
        : $"unexpected {Quoted.Short(word)}; see what {line.CommandResult.Command.Name} takes");

    private static IEnumerable<string> OptionsOf(Command command) => command.Options.Select(o => o.Name);
}
