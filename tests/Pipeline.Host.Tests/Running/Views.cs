using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Tests.Running;

/// <summary>Figures to report on.</summary>
internal static class Views
{
    public static PipelineView Empty { get; } = Of(default, default, default);

    /// <summary>Something in every field.</summary>
    public static PipelineView Full { get; } = Of(new(100, 6400), new(60, 4000), new(30, 1900)) with
    {
        Generation = 3,
        Elapsed = TimeSpan.FromSeconds(1.25),
        OnWire = 2,
        Selected = 61,
        SelectedBytes = 4100,
        Queues = [new("pcap:0", new(100, 6400), 7)],
        Rules = [new("dns", 0x10, uint.MaxValue, new(42, 4200)), new("guests", 0x20, 0xf0, new(1, 64))],
        Guards = [new("arp", new(2, 84))],
        Unmatched = new(57, 2136),
        EarlierRules = new(5, 320),
        Consumers =
        [
            new("capture", "af_packet", new(60, 4000), 5, 0, ["60 packets in web.pcapng"]),
            new("stack", "stack", new(30, 1900), 3, 2, []),
        ],
        Ledger = Ledger(new(100, 6400), new(60, 4000), new(30, 1900)) with
        {
            DroppedByReason = new Dictionary<DropReason, PacketTally> { [DropReason.ShareExceeded] = new(7, 300), [DropReason.OutputError] = new(3, 200) },
            CopiesDelivered = new(11, 1100),
            CopiesDropped = new(4, 400),
            DeviceLost = new Dictionary<DeviceLoss, long> { [DeviceLoss.RingFull] = 5, [DeviceLoss.NoPage] = 6 },
            PassedByDevice = new(12, 768),
        },
    };

    /// <summary>The books with the accounts that drops were counted in.</summary>
    public static LedgerSnapshot WithAccounts { get; } = Full.Ledger with
    {
        Accounts = [new AccountReading("capture", AccountKind.Consumer, new(60, 4000), Full.Ledger.DroppedByReason, 5)],
    };

    public static PipelineView Of(PacketTally received, PacketTally delivered, PacketTally passed) => new()
    {
        Generation = 1,
        Elapsed = TimeSpan.FromSeconds(1),
        Ledger = Ledger(received, delivered, passed),
        AtRest = true,
        Queues = [],
        Rules = [],
        Unmatched = default,
        Selected = 0,
        Consumers = [],
    };

    private static LedgerSnapshot Ledger(PacketTally received, PacketTally delivered, PacketTally passed) => new()
    {
        Received = received,
        Delivered = delivered,
        Passed = passed,
        DroppedByReason = new Dictionary<DropReason, PacketTally>(),
        CopiesDelivered = default,
        CopiesDropped = default,
        DeviceLost = new Dictionary<DeviceLoss, long>(),
        MostInFlight = 0,
        PagesHome = true,
    };
}
