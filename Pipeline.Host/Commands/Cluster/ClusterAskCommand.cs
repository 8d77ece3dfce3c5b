using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands.Cluster;

/// <summary><c>pipeline cluster leave|down MEMBER</c>: sends the wish; <c>show</c> shows when it has come true.</summary>
internal sealed class ClusterAskCommand : NodeVerb
{
    private readonly Argument<string?> _member;

    public ClusterAskCommand(string name, string description, string member, bool isOptional)
        : base(name, description)
    {
        _member = Word("MEMBER", member, isOptional);
        AddAll(_member);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
        Name == "leave" ? [("pipeline cluster leave n2 --node n1", "n2 leaves; any node can be asked")] : [("pipeline cluster down n3", "n3 died and will not come back soon")];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var asked = await new NodeCluster(node).Ask(Name, line.GetValue(_member));
        if (WantsJson(line)) Print(terminal, asked, JsonShapes.Default.ClusterAskedJson);
        else terminal.Out.WriteLine($"{Quoted.Of(asked.Member)} {(Name == "leave" ? "was asked to leave" : "is given up")}; `pipeline cluster show` shows it");
        return ExitCodes.Ok;
    }
}
