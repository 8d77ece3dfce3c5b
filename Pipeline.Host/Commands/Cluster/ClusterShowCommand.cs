using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Cluster;

/// <summary><c>pipeline cluster show</c>: every member, what it does, and whether it can be reached.</summary>
internal sealed class ClusterShowCommand : NodeVerb
{
    public ClusterShowCommand()
        : base("show", "every member with its address, roles and status, and whether it can be reached") => AddAll();

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var cluster = await new NodeCluster(node).Show();
        if (WantsJson(line)) Print(terminal, cluster, JsonShapes.Default.ClusterJson);
        else foreach (var text in ClusterInWords.Of(cluster)) terminal.Out.WriteLine(text);
        return ExitCodes.Ok;
    }
}
