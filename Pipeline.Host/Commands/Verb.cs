using System.CommandLine;

namespace Pipeline.Host.Commands;

/// <summary>One command of the program: its options and its action.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Invocations to show under the help, each with its purpose.</summary>
    public virtual IReadOnlyList<(string Command, string Purpose)> Examples => [];

    /// <summary>Whether it starts a run that answers to signals.</summary>
    public virtual bool Runs => false;

    /// <returns>The exit code.</returns>
    public abstract Task<int> Execute(ParseResult line, Terminal terminal, Parts parts);

    protected static Option<bool> Switch(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>An option that may be given several times.</summary>
    protected static Option<string[]> Values(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore };

    protected static Option<string> Value(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.ExactlyOne };
}
