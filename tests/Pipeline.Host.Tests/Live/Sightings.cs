using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Live;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Tests.Live;

/// <summary>Pipelines to look at.</summary>
internal static class Sightings
{
    /// <summary>As the demo has them after a while, with something lost everywhere.</summary>
    public static readonly PipelineView View = Views.Full with
    {
        AtRest = false,
        Queues = [.. Enumerable.Range(0, 4).Select(i => new QueueView($"sim:{i}", new(99_999_999, 9_999_999_999), 1) { Rate = new(54_321, 43_210_000), Lost = new Dictionary<DeviceLoss, long> { [DeviceLoss.RingFull] = 12_345_678 } })],
        Rules = [.. Enumerable.Range(0, 7).Select(i => Rule($"rule-{i}", 1000 * i))],
        Routes =
        [
            Route("capture", 0x10, uint.MaxValue, true),
            Route("flows", 0x20, 0xf0, false),
            Route("stack", 0x30, 0xf0, false),
            Route("stack", 0, 0, false),
        ],
        Consumers =
        [
            new("capture", "af_packet", new(60, 4000), 5, 0, []) { Rate = new(5, 1), CopiesDroppedByReason = Views.Full.Ledger.DroppedByReason },
            new("flows-of-everybody", "bypass", new(99_999_999, 4000), 5, 0, []) { DroppedByReason = new Dictionary<DropReason, PacketTally> { [DropReason.MailboxFull] = new(76_543_210, 1) } },
            new("stack", "stack", new(30, 1900), 3, 0, []) { Instances = [new("stack-0", ConsumerState.Paused, 0, null, default, HandoffView.None)] },
        ],
    };

    public static Sighting Of(PipelineView view, TimeSpan? silence = null) => new(Snapshots.New(view), "http://127.0.0.1:8480", silence);

    public static RuleView Rule(string name, long packets = 1_234_567) => new(name, 0x10, uint.MaxValue, new(packets, 1)) { Rate = new(1234, 5678) };

    private static RouteView Route(string to, uint mark, uint mask, bool copy) =>
        new(new RouteOptions { To = to, Mark = mark, MarkMask = mask, Copy = copy }, Overload.DropNew, new(99_999_999, 1), Views.Full.Ledger.DroppedByReason, 12, 1640);
}
