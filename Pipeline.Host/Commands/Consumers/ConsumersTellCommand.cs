using System.CommandLine;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Consumers;

/// <summary><c>pipeline consumers pause|resume|restart NAME</c>: sends the order; <c>list</c> shows when it has been carried out.</summary>
internal sealed class ConsumersTellCommand : NodeVerb
{
    private readonly Argument<string?> _name = Word("NAME", "the consumer's name, as `pipeline consumers list` shows it");

    public ConsumersTellCommand(string name, string description)
        : base(name, description) => AddAll(_name);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => Name == "pause" ? [("pipeline consumers pause dns", "until `pipeline consumers resume dns`")] : [];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var consumer = line.GetValue(_name)!;
        await new NodeConsumers(node).Tell(consumer, Name);
        if (WantsJson(line)) Print(terminal, new ConsumerToldJson(consumer, Name), JsonShapes.Default.ConsumerToldJson);
        else terminal.Out.WriteLine($"consumer {consumer} was told to {Name}");
        return ExitCodes.Ok;
    }
}
