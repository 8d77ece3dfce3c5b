using System.CommandLine;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline explain</c>: what a rule or an expression means, or what rules do to one packet.</summary>
internal sealed class ExplainCommand : Verb
{
    public ExplainCommand()
        : base("explain", "say what a rule or an expression means, or what rules do to one packet")
    {
    }

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts) => throw new UsageException("explain");
}
