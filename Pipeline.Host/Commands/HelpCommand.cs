using System.CommandLine;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline help [COMMAND]</c>, which <see cref="CommandLine"/> answers as <c>COMMAND --help</c>.</summary>
internal sealed class HelpCommand : Verb
{
    public const string Word = "help";

    private readonly Argument<string[]> _command = new("COMMAND") { Description = "the command to explain; without it, all are listed", Arity = ArgumentArity.ZeroOrMore };

    public HelpCommand()
        : base(Word, "explain a command") => Add(_command);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("pipeline help rules apply", "the same as pipeline rules apply --help")];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts) => throw new UsageException("help comes first: pipeline help COMMAND");
}
