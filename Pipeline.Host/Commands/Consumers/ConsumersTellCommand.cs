using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Consumers;

/// <summary><c>pipeline consumers pause|resume|close-breaker|restart NAME</c>: sends the order; <c>list</c> shows when it has been carried out.</summary>
internal sealed class ConsumersTellCommand : NodeVerb
{
    /// <summary>Closes the breakers of the routes to a consumer.</summary>
    public const string CloseBreaker = "close-breaker";

    private const string Restart = "restart";

    private readonly Argument<string?> _name = Word("NAME", "the consumer's name, as `pipeline consumers list` shows it");

    public ConsumersTellCommand(string name, string description)
        : base(name, description) => AddAll(_name);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => Name == "pause" ? [("pipeline consumers pause dns", "until `pipeline consumers resume dns`")] : [];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var consumer = line.GetValue(_name)!;
        var told = await Tell(new NodeConsumers(node), consumer);
        if (WantsJson(line)) Print(terminal, told, JsonShapes.Default.ConsumerToldJson);
        else terminal.Out.WriteLine(InWords(told, consumer));
        return ExitCodes.Ok;
    }

    private async Task<ConsumerToldJson> Tell(NodeConsumers consumers, string name)
    {
        if (Name == Restart) return await consumers.Restart(name);
        await consumers.Tell(name, Name);
        return new ConsumerToldJson(name, Name, null);
    }

    private string InWords(ConsumerToldJson told, string consumer) => told switch
    {
        { When: { } when } => $"consumer {consumer} was restarted at {RulesInWords.Clock(when)}",
        _ when Name == Restart => $"consumer {consumer} was told to restart and has not yet; `pipeline consumers list` counts its restarts",
        _ when Name == CloseBreaker => $"consumer {consumer} gets the packets of all routes to it that have a breaker",
        _ => $"consumer {consumer} was told to {Name}",
    };
}
