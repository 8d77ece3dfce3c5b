using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers.Flows;

namespace Pipeline.Actors;

/// <summary>The flows that consumers have seen enough of.</summary>
public sealed partial class PipelineRun
{
    /// <summary>The released flows. Any thread may read them; to take one back, use <see cref="TakeBack"/>.</summary>
    public ReleasedFlows Released => _topology.Released;

    /// <summary>Takes a released flow back: its packets go their usual ways again, from the next bundle on. Any thread.</summary>
    /// <param name="flow">Its number, or its words, as <see cref="ReleasedFlow"/> has them.</param>
    /// <param name="who">Who wants it, for the event; null for nobody in particular.</param>
    /// <returns>What it was; null when no such flow is released.</returns>
    public ReleasedFlow? TakeBack(string flow, string? who = null)
    {
        if (Released.Remove(flow) is not { } gone) return null;
        var by = who is null ? "" : $", by {who}";
        _state.Events.Add(PipelineEventKind.TakenBack, string.Join(", ", Released.NamesOf(gone.Groups)), $"{gone.Words}: taken back{by}");
        return gone;
    }
}
