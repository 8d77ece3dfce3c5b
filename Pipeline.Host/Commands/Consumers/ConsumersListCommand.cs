using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Consumers;

/// <summary><c>pipeline consumers list</c>: the state of each consumer, what it took and what was lost before it.</summary>
internal sealed class ConsumersListCommand : NodeVerb
{
    public ConsumersListCommand()
        : base("list", "state, instances, restarts, bundles queued, packets, and drops by reason") => AddAll();

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var consumers = await new NodeConsumers(node).List();
        if (WantsJson(line)) Print(terminal, consumers, JsonShapes.Default.ConsumersJson);
        else foreach (var text in ConsumersInWords.Of(consumers)) terminal.Out.WriteLine(text);
        return ExitCodes.Ok;
    }
}
