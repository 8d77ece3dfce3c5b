using System.Diagnostics;

namespace Pipeline.Nic.Accounts;

/// <summary>The books at one moment.</summary>
[DebuggerDisplay("{Received.Packets} received, {InFlight.Packets} in flight, at most {MostInFlight}")]
public sealed record LedgerSnapshot
{
    /// <summary>
    /// Packets that came in on all queues, with captured bytes. Packets that the device passed by itself are included. Packets that it lost
    /// are not.
    /// </summary>
    public required PacketTally Received { get; init; }

    /// <summary>Packets that consumers have finished with. Copies are not included.</summary>
    public required PacketTally Delivered { get; init; }

    /// <summary>Packets that the pipeline or the device itself gave to the normal stack.</summary>
    public required PacketTally Passed { get; init; }

    /// <summary>
    /// Packets that the device itself left to the normal stack. They are part of <see cref="Received"/> and of <see cref="Passed"/>.
    /// </summary>
    public PacketTally PassedByDevice { get; init; }

    /// <summary>
    /// Packets given to the normal stack because a handler had released their flow. They are part of <see cref="Passed"/>.
    /// </summary>
    public PacketTally PassedReleased { get; init; }

    /// <summary>By reason, only those that happened, in the order of <see cref="DropReason"/>.</summary>
    public required IReadOnlyDictionary<DropReason, PacketTally> DroppedByReason { get; init; }

    /// <summary>
    /// Copies that their consumers have finished with. The original packets are counted elsewhere, so no sum of the books includes copies.
    /// </summary>
    public required PacketTally CopiesDelivered { get; init; }

    /// <summary>Copies that were dropped, for any reason. No sum of the books includes them.</summary>
    public required PacketTally CopiesDropped { get; init; }

    /// <summary>Copies that were not made because their consumer had released the flow. No sum of the books includes them.</summary>
    public PacketTally CopiesReleased { get; init; }

    /// <summary>By kind, only those that happened. These packets were never received.</summary>
    public required IReadOnlyDictionary<DeviceLoss, long> DeviceLost { get; init; }

    /// <summary>The reading of each account. The sums above add these up.</summary>
    public IReadOnlyList<AccountReading> Accounts { get; init; } = [];

    /// <summary>The reading of each queue. <see cref="Received"/> and <see cref="DeviceLost"/> add these up.</summary>
    public IReadOnlyList<QueueReading> Queues { get; init; } = [];

    /// <summary>The most packets that pages and consumers' buffers can hold.</summary>
    public required long MostInFlight { get; init; }

    /// <summary>Whether every page was home.</summary>
    public required bool PagesHome { get; init; }

    /// <summary>Packets that arrived while the books were read; they show as in flight, but might have ended already.</summary>
    internal long ReceivedMeanwhile { get; init; }

    /// <summary>Packets dropped, for any reason, without copies.</summary>
    public PacketTally Dropped => PacketTally.Sum(DroppedByReason.Values);

    /// <summary>
    /// Packets received and not yet ended: they are in bundles, or a consumer holds them. At rest packets and bytes are 0. Either is below
    /// 0 only if the books are wrong.
    /// </summary>
    public PacketTally InFlight => Received - Delivered - Passed - Dropped;

    /// <summary>Whether the books balance while packets flow: the number in flight is not negative, and no more than fits.</summary>
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
            // Held packets are read before delivered ones: a packet that moves from one to the other must not be missing from both.
            _held += account.Held.Packets;
            _accounts.Add(AccountReading.Of(account));
        }

        public void Add(QueueAccount queue) => _queues.Add(QueueReading.Of(queue));

        public LedgerSnapshot Close(long mostInPools, bool pagesHome)
        {
            var received = PacketTally.Sum(_queues.Select(q => q.Received));
            var byDevice = PacketTally.Sum(_queues.Select(q => q.PassedByDevice));
            return new()
            {
                Received = received,
                ReceivedMeanwhile = received.Packets - byDevice.Packets - _receivedEarly,
                // A stage delivers nothing. If one says that it did, the books must not lose those packets.
                Delivered = PacketTally.Sum(
                    _accounts.Where(a => a.Kind is AccountKind.Consumer or AccountKind.Stage).Select(a => a.Delivered)),
                Passed = PacketTally.Sum(Of(AccountKind.Stack).Select(a => a.Delivered)) + byDevice,
                PassedByDevice = byDevice,
                PassedReleased = PacketTally.Sum(Of(AccountKind.Stack).Select(a => a.Released)),
                DroppedByReason = Merged(_accounts.Where(a => a.Kind != AccountKind.Copy).Select(a => a.DroppedByReason), PacketTally.Add),
                CopiesDelivered = PacketTally.Sum(Of(AccountKind.Copy).Select(a => a.Delivered)),
                CopiesDropped = PacketTally.Sum(Of(AccountKind.Copy).Select(a => a.Dropped)),
                CopiesReleased = PacketTally.Sum(Of(AccountKind.Copy).Select(a => a.Released)),
                DeviceLost = Merged(_queues.Select(q => q.Lost), (a, b) => a + b),
                Accounts = _accounts,
                Queues = _queues,
                MostInFlight = mostInPools + _held,
                PagesHome = pagesHome,
            };
        }

        private IEnumerable<AccountReading> Of(AccountKind kind) => _accounts.Where(a => a.Kind == kind);

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
