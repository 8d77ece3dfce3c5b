using System.Diagnostics;

namespace Pipeline.Nic.Accounts;

/// <summary>The books at one moment.</summary>
[DebuggerDisplay("{Received.Packets} received, {InFlight.Packets} in flight, at most {MostInFlight}")]
public sealed record LedgerSnapshot
{
    /// <summary>
    /// What came in on all queues, with captured bytes; also what the device passed by itself. What it lost is not in it.
    /// </summary>
    public required PacketTally Received { get; init; }

    /// <summary>What consumers were done with. Copies are not in it.</summary>
    public required PacketTally Delivered { get; init; }

    /// <summary>What went to the normal stack, by the pipeline or by the device itself.</summary>
    public required PacketTally Passed { get; init; }

    /// <summary>What the device left to the normal stack by itself; part of <see cref="Received"/> and of <see cref="Passed"/>.</summary>
    public PacketTally PassedByDevice { get; init; }

    /// <summary>By reason, only those that happened, in the order of <see cref="DropReason"/>.</summary>
    public required IReadOnlyDictionary<DropReason, PacketTally> DroppedByReason { get; init; }

    /// <summary>
    /// Copies that their consumers were done with. The packets they are copies of are counted elsewhere, so no sum of the books has them.
    /// </summary>
    public required PacketTally CopiesDelivered { get; init; }

    /// <summary>Copies that were dropped, for whatever reason. No sum of the books has them.</summary>
    public required PacketTally CopiesDropped { get; init; }

    /// <summary>By kind, only those that happened. These packets were never received.</summary>
    public required IReadOnlyDictionary<DeviceLoss, long> DeviceLost { get; init; }

    /// <summary>What each account read; the sums above are theirs.</summary>
    public IReadOnlyList<AccountReading> Accounts { get; init; } = [];

    /// <summary>What each queue read; <see cref="Received"/> and <see cref="DeviceLost"/> are theirs.</summary>
    public IReadOnlyList<QueueReading> Queues { get; init; } = [];

    /// <summary>The most packets that pages and consumers' buffers can hold.</summary>
    public required long MostInFlight { get; init; }

    /// <summary>Whether every page was home.</summary>
    public required bool PagesHome { get; init; }

    /// <summary>Packets that arrived while the books were read; they show as in flight and may have ended.</summary>
    internal long ReceivedMeanwhile { get; init; }

    /// <summary>For whatever reason, without copies.</summary>
    public PacketTally Dropped => DroppedByReason.Values.Aggregate(default(PacketTally), PacketTally.Add);

    /// <summary>
    /// Received and not ended: in bundles, or held by a consumer. At rest packets and bytes are 0; either is below 0 only where the books
    /// are wrong.
    /// </summary>
    public PacketTally InFlight => Received - Delivered - Passed - Dropped;

    /// <summary>Whether the books balance while packets flow: what is in flight is no less than nothing and no more than fits.</summary>
    public bool BalancesRunning => InFlight.Packets >= 0 && InFlight.Packets - ReceivedMeanwhile <= MostInFlight;

    /// <summary>Whether they balance at rest: nothing is in flight, to the packet and the byte, and every page is home.</summary>
    public bool BalancesAtRest => InFlight == default && PagesHome;

    internal sealed class Builder
    {
        private readonly List<AccountReading> _accounts = [];
        private readonly List<QueueReading> _queues = [];
        private long _receivedEarly;
        private long _held;

        public void AddEarly(QueueAccount queue) => _receivedEarly += queue.Received.Packets;

        public void Add(PacketAccount account)
        {
            // Before what it delivered: a packet that moves from one to the other must not be missing from both.
            _held += account.Held.Packets;
            _accounts.Add(AccountReading.Of(account));
        }

        public void Add(QueueAccount queue) => _queues.Add(QueueReading.Of(queue));

        public LedgerSnapshot Close(long mostInPools, bool pagesHome)
        {
            var received = Sum(_queues.Select(q => q.Received));
            var byDevice = Sum(_queues.Select(q => q.PassedByDevice));
            return new()
            {
                Received = received,
                ReceivedMeanwhile = received.Packets - byDevice.Packets - _receivedEarly,
                // A stage delivers nothing; should one say it did, the books must not lose it.
                Delivered = Sum(_accounts.Where(a => a.Kind is AccountKind.Consumer or AccountKind.Stage).Select(a => a.Delivered)),
                Passed = Sum(Of(AccountKind.Stack).Select(a => a.Delivered)) + byDevice,
                PassedByDevice = byDevice,
                DroppedByReason = Merged(_accounts.Where(a => a.Kind != AccountKind.Copy).Select(a => a.DroppedByReason), PacketTally.Add),
                CopiesDelivered = Sum(Of(AccountKind.Copy).Select(a => a.Delivered)),
                CopiesDropped = Sum(Of(AccountKind.Copy).Select(a => a.Dropped)),
                DeviceLost = Merged(_queues.Select(q => q.Lost), (a, b) => a + b),
                Accounts = _accounts,
                Queues = _queues,
                MostInFlight = mostInPools + _held,
                PagesHome = pagesHome,
            };
        }

        private IEnumerable<AccountReading> Of(AccountKind kind) => _accounts.Where(a => a.Kind == kind);

        private static PacketTally Sum(IEnumerable<PacketTally> tallies) => tallies.Aggregate(default(PacketTally), PacketTally.Add);

        private static SortedDictionary<TKey, TValue> Merged<TKey, TValue>(
            IEnumerable<IReadOnlyDictionary<TKey, TValue>> counts, Func<TValue, TValue, TValue> add)
            where TKey : struct, Enum
            where TValue : struct
        {
            var all = new SortedDictionary<TKey, TValue>();
            foreach (var (key, value) in counts.SelectMany(c => c)) all[key] = all.TryGetValue(key, out var sum) ? add(sum, value) : value;
            return all;
        }
    }
}
