using System.CommandLine;

namespace Pipeline.Host.Commands;

/// <summary>The flag <c>--log-format</c> of commands that run a pipeline.</summary>
internal static class LogFormat
{
    private const string Flag = "--log-format";

    public static Option<string> Option() => new(Flag)
    {
        Description = "what standard error has: text (the default), or json, one object a line: events as /api/v1/events has them, and whatever else there is to say",
        HelpName = "text|json",
        Arity = ArgumentArity.ExactlyOne,
    };

    /// <exception cref="UsageException">It is neither.</exception>
    public static void Check(string? value)
    {
        if (value is not (null or "text" or "json")) throw new UsageException($"{Flag} {value}: expected text or json");
    }

    /// <summary>Whether arguments ask for JSON, right or wrong as they may be: what is wrong with them is to be said in JSON, too.</summary>
    public static bool IsJson(IReadOnlyList<string> arguments) =>
        arguments.Contains(Flag + "=json") || arguments.Zip(arguments.Skip(1)).Any(pair => pair is (Flag, "json"));
}
