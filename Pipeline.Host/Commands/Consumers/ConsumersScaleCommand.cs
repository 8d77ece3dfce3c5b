using System.CommandLine;
using System.Globalization;
using Pipeline.Actors;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Consumers;

/// <summary><c>pipeline consumers scale NAME N</c>: more instances or fewer, while packets flow.</summary>
internal sealed class ConsumersScaleCommand : NodeVerb
{
    private readonly Argument<string?> _name = Word("NAME", "the consumer's name, as `pipeline consumers list` shows it");
    private readonly Argument<string?> _instances = Word("N", $"how many instances it is to have, 1 to {PipelineRun.MostInstances}");

    public ConsumersScaleCommand()
        : base("scale", "give a consumer more instances or fewer; no flow is reordered") => AddAll(_name, _instances);

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("pipeline consumers scale flows 4", "four instances of flows; only flows that must change hands do")];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var (name, text) = (line.GetValue(_name)!, line.GetValue(_instances));
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var instances) || instances is < 1 or > PipelineRun.MostInstances)
        {
            throw new UsageException($"N {text}: expected a number of instances, 1 to {PipelineRun.MostInstances}");
        }

        var scaled = await new NodeConsumers(node).Scale(name, instances);
        if (WantsJson(line)) Print(terminal, scaled, JsonShapes.Default.ScaleJson);
        else terminal.Out.WriteLine($"consumer {name}: {(instances == 1 ? "1 instance" : $"{instances} instances")}{(scaled.Done ? "" : ", once what waits for the old ones is done; `pipeline consumers list` shows it")}");
        return ExitCodes.Ok;
    }
}
