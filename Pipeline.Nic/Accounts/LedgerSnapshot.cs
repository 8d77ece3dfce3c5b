namespace Pipeline.Nic.Accounts;

/// <summary>The books at one moment.</summary>
public sealed record LedgerSnapshot
{
    public required PacketTally Received { get; init; }

    public required PacketTally Delivered { get; init; }

    public required PacketTally Passed { get; init; }

    /// <summary>By reason, only those that happened, in the order of <see cref="DropReason"/>.</summary>
    public required IReadOnlyDictionary<DropReason, PacketTally> DroppedByReason { get; init; }

    public required PacketTally CopiesDelivered { get; init; }

    public required PacketTally CopiesDropped { get; init; }

    /// <summary>By kind, only those that happened. These packets were never received.</summary>
    public required IReadOnlyDictionary<DeviceLoss, long> DeviceLost { get; init; }

    /// <summary>The most packets that pages and consumers' buffers can hold.</summary>
    public required long MostInFlight { get; init; }

    /// <summary>Whether every page was home.</summary>
    public required bool PagesHome { get; init; }

    /// <summary>Packets that arrived while the books were read; they show as in flight and may have ended.</summary>
    internal long ReceivedMeanwhile { get; init; }

    public PacketTally Dropped => DroppedByReason.Values.Aggregate(default(PacketTally), PacketTally.Add);

    public PacketTally InFlight => Received - Delivered - Passed - Dropped;

    /// <summary>Whether the books balance while packets flow: what is in flight is no less than nothing and no more than fits.</summary>
    public bool BalancesRunning => InFlight.Packets >= 0 && InFlight.Packets - ReceivedMeanwhile <= MostInFlight;

    /// <summary>Whether they balance at rest: nothing is in flight, to the packet and the byte, and every page is home.</summary>
    public bool BalancesAtRest => InFlight == default && PagesHome;

    internal sealed class Builder
    {
        private readonly PacketTally[] _dropped = new PacketTally[Enum.GetValues<DropReason>().Length];
        private readonly long[] _lost = new long[Enum.GetValues<DeviceLoss>().Length];
        private PacketTally _delivered;
        private PacketTally _passed;
        private PacketTally _copiesDelivered;
        private PacketTally _copiesDropped;
        private PacketTally _received;
        private long _receivedEarly;
        private long _held;

        public void AddEarly(QueueAccount queue) => _receivedEarly += queue.Received.Packets;

        public void Add(PacketAccount account)
        {
            // Before what it delivered: a packet that moves from one to the other must not be missing from both.
            _held += account.Held.Packets;

            var delivered = account.DeliveredTally;
            var copies = account.Kind == AccountKind.Copy;
            if (copies) _copiesDelivered += delivered;
            else if (account.Kind == AccountKind.Stack) _passed += delivered;
            else _delivered += delivered;

            foreach (var reason in Enum.GetValues<DropReason>())
            {
                var dropped = account.DroppedTally(reason);
                if (copies) _copiesDropped += dropped;
                else _dropped[(int)reason] += dropped;
            }
        }

        public void Add(QueueAccount queue)
        {
            _received += queue.Received;
            foreach (var loss in Enum.GetValues<DeviceLoss>()) _lost[(int)loss] += queue.Lost(loss);
        }

        public LedgerSnapshot Close(long mostInPools, bool pagesHome) => new()
        {
            Received = _received,
            ReceivedMeanwhile = _received.Packets - _receivedEarly,
            Delivered = _delivered,
            Passed = _passed,
            DroppedByReason = Enum.GetValues<DropReason>().Where(r => _dropped[(int)r] != default).ToDictionary(r => r, r => _dropped[(int)r]),
            CopiesDelivered = _copiesDelivered,
            CopiesDropped = _copiesDropped,
            DeviceLost = Enum.GetValues<DeviceLoss>().Where(l => _lost[(int)l] != 0).ToDictionary(l => l, l => _lost[(int)l]),
            MostInFlight = mostInPools + _held,
            PagesHome = pagesHome,
        };
    }
}
