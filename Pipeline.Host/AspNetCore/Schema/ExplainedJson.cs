using Pipeline.Actors.Trials;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Schema;

/// <summary>What the rules in force do to one packet: <c>POST /api/v1/rules/explain</c>.</summary>
/// <param name="Text">A line for each rule tried and each of its terms.</param>
/// <param name="Rules">The rules that matched.</param>
/// <param name="KeptOutBy">The guard that matched, so that no rule was tried; absent for none.</param>
/// <param name="Route">Where it goes: the consumer of its final route, with those that get copies.</param>
internal sealed record ExplainedJson(string Schema, int Generation, string Text, IReadOnlyList<string> Rules, string? KeptOutBy, string Mark, string Route)
{
    public static ExplainedJson Of(TracedPacket traced) => new(
        "pipeline.explained/1", traced.Generation, traced.Trace.Text, traced.Rules, traced.Trace.KeptOutBy, MarkNumber.Text(traced.Trace.Mark), traced.Route);
}
