using System.CommandLine;
using System.Text.RegularExpressions;

namespace Pipeline.Host.Commands;

/// <summary>
/// Help that shows what may be left out in brackets. The library puts every name between angle brackets, so the names carry the brackets
/// through it, and change places with its own afterwards; columns stay where they are.
/// </summary>
internal static partial class HelpText
{
    /// <summary>Marks the arguments and the options' values of a command, and of those under it, that may be left out.</summary>
    public static void MarkOptional(Command command)
    {
        foreach (var argument in command.Arguments.Where(a => a.Arity.MinimumNumberOfValues == 0)) argument.HelpName = $"[{argument.Name}]";
        foreach (var option in command.Options.Where(o => o.Arity is { MinimumNumberOfValues: 0, MaximumNumberOfValues: > 0 } && o.HelpName is not null)) option.HelpName = $"[{option.HelpName}]";
        foreach (var other in command.Subcommands) MarkOptional(other);
    }

    public static string Finished(string help) => Marked().Replace(MarkedTwice().Replace(help, "[<$1>$2]"), "[<$1>]");

    [GeneratedRegex(@"\[<\[([^\]>]+)\]>(\.\.\.)?\]")]
    private static partial Regex MarkedTwice();

    [GeneratedRegex(@"<\[([^\]>]+)\]>")]
    private static partial Regex Marked();
}
