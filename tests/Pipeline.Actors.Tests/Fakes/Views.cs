using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Views of no run.</summary>
internal static class Views
{
    /// <summary>At work, balanced, with one queue that takes packets.</summary>
    public static PipelineView Of(IReadOnlyList<RuleView>? rules = null) => new()
    {
        Generation = 1,
        Elapsed = TimeSpan.FromSeconds(1),
        Ledger = new Ledger().Read(),
        AtRest = false,
        Queues = [new QueueView("eth0:0", default, 0) { State = QueueState.Polling }],
        Rules = rules ?? [],
        Unmatched = default,
        Selected = 0,
        Consumers = [],
    };

    public static ConsumerView Consumer(string name, params ConsumerState[] instances) => new(name, "bypass", default, 0, 0, [])
    {
        Instances = [.. instances.Select((state, i) => new ConsumerInstanceView($"{name}-{i}", state, 0, state is ConsumerState.Failed or ConsumerState.BackingOff ? "out of luck" : null, default, HandoffView.None))],
    };
}
