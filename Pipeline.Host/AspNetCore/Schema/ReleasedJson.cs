using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers.Flows;

namespace Pipeline.Host.Schema;

/// <summary>The flows that consumers have seen enough of.</summary>
/// <param name="Flows">Flows released now.</param>
/// <param name="Capacity">The most there can be.</param>
/// <param name="Refused">Releases that came to nothing because there was no room.</param>
/// <param name="Latest">The flows that were released last, the latest first, as many as were asked for.</param>
internal sealed record ReleasedJson(int Flows, int Capacity, long Refused, IReadOnlyList<ReleasedFlowJson> Latest)
{
    public static ReleasedJson Of(ReleasedFlows flows, int most) =>
        new(flows.Count, flows.Capacity, flows.Refused, [.. flows.Latest(most).Select(flow => ReleasedFlowJson.Of(flow, flows))]);
}

/// <param name="Flow">Protocol, both endpoints and VLANs; with <paramref name="Id"/>, what takes it back.</param>
/// <param name="Consumers">The consumers that released it.</param>
/// <param name="IdleSeconds">Without a packet for this long it ends.</param>
/// <param name="EndsInSeconds">When it ends if no packet comes.</param>
/// <param name="Seen">Packets that consumers with <c>release-after</c> counted; 0 where none did.</param>
/// <param name="Copies">Copies that were not made.</param>
/// <param name="Late">Packets that could not be left to the normal stack any more, and were delivered.</param>
internal sealed record ReleasedFlowJson(
    long Id, string Flow, IReadOnlyList<string> Consumers, DateTimeOffset Since, double IdleSeconds, double EndsInSeconds, long Seen, TallyJson Passed,
    TallyJson Copies, TallyJson Late)
{
    public static ReleasedFlowJson Of(ReleasedFlow flow, ReleasedFlows flows) => new(
        flow.Id,
        flow.Words,
        flows.NamesOf(flow.Groups),
        flow.Since,
        Math.Round(flows.IdleOf(flow).TotalSeconds, 3),
        Math.Round(flows.LeftOf(flow).TotalSeconds, 3),
        flow.Seen,
        TallyJson.Of(flow.Passed),
        TallyJson.Of(flow.Copies),
        TallyJson.Of(flow.Late));
}

/// <summary>How many flows are released, as the snapshot has it.</summary>
internal sealed record ReleasedCountJson(int Flows, int Capacity, long Refused)
{
    public static ReleasedCountJson Of(ReleasedView view) => new(view.Flows, view.Capacity, view.Refused);
}
