using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// A consumer's view of a bundle. A <c>ref struct</c>, so that it can neither be kept nor disposed by code that does not own it.
/// </summary>
[DebuggerDisplay("{Count} packets, {Bytes} bytes from {Interface.Name}, generation {Generation}")]
public readonly ref struct PacketBatch
{
    private readonly PageBundle _bundle;
    private readonly FlowReleaser? _releaser;

    /// <summary>For whoever owns the bundle and calls a consumer. The batch owns nothing: the bundle must outlive it.</summary>
    /// <param name="bundle">Rented, not yet settled.</param>
    /// <param name="releaser">What the consumer releases flows with; null where nobody heeds it.</param>
    public PacketBatch(PageBundle bundle, FlowReleaser? releaser = null) => (_bundle, _releaser) = (bundle, releaser);

    /// <summary>Packets in the batch, including those rejected or held meanwhile. At least one when a pipeline calls.</summary>
    public int Count => _bundle.Count;

    /// <summary>Captured bytes of all packets.</summary>
    public long Bytes => _bundle.Bytes;

    /// <summary>The interface all of the packets came in on.</summary>
    public NicInterface Interface => _bundle.Interface;

    /// <summary>The number of the rule set that marked the packets.</summary>
    public int Generation => _bundle.Generation;

    /// <summary>That rule set, compiled. It is valid as long as the batch. Null where no router has seen the packets.</summary>
    public MarkTable? Rules => _bundle.MarkedBy as MarkTable;

    /// <summary>Settles packets for which <see cref="Hold"/> was called. The handler may keep it.</summary>
    public HeldAccount Account => new(_bundle.Account);

    internal FlowReleaser? Releaser => _releaser;

    /// <summary>The account the packets are counted in, for writers that settle their held packets themselves.</summary>
    internal PacketAccount PacketAccount => _bundle.Account;

    /// <summary>
    /// The descriptors, in the order the packets came in. They and the bytes they point at are valid until the consumer returns.
    /// </summary>
    public ReadOnlySpan<Packet> Packets => _bundle.Packets;

    /// <summary>A packet's captured bytes, valid until the consumer returns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The packet is not of this batch, and points outside its memory.</exception>
    public ReadOnlySpan<byte> BytesOf(in Packet packet) => _bundle.Pool.BytesWithin(packet);

    /// <summary>The same without a check, for a packet that is known to be of this batch.</summary>
    internal ReadOnlySpan<byte> OwnBytesOf(in Packet packet) => _bundle.BytesOf(packet);

    /// <summary>The block around a packet that is flagged <see cref="PacketFlags.InBlock"/>.</summary>
    internal PacketBlock BlockOf(in Packet packet) => new(_bundle.Pool, packet);

    /// <summary>
    /// Says that the handler has seen enough of a packet's flow: both directions of protocol, addresses, ports and VLANs. Routes that
    /// copy to this consumer make no more copies of it, and packets of routes with <c>release = stack</c> go to the normal stack instead.
    /// What is on its way already still comes.
    /// </summary>
    /// <param name="packet">One of this batch.</param>
    /// <param name="idle">Without a packet for this long the flow has ended, and a later packet comes here again: at most a day.</param>
    /// <returns>
    /// Whether it is released; it may have been before. False for a fragment and for a packet without ports, when there is no room, where
    /// no route heeds it, and for a packet of another node. The handler then goes on getting the flow.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of range, or the packet is not of this batch.</exception>
    public bool Release(in Packet packet, TimeSpan idle) => Release(packet, idle, seen: 0);

    internal bool Release(in Packet packet, TimeSpan idle, long seen) => _releaser?.Release(_bundle, packet, idle, seen) ?? false;

    /// <summary>Whether the consumer has released the packet's flow: this packet was on its way already, or could not be left.</summary>
    public bool IsReleased(in Packet packet) => _releaser?.Find(this, packet) is not null;

    /// <summary>For <c>foreach</c>, as quick as <see cref="Packets"/> with <see cref="BytesOf"/>; allocates nothing.</summary>
    public Enumerator GetEnumerator() => new(_bundle);

    /// <summary>Flags the packets that a filter matches as <see cref="PacketFlags.Selected"/>, and only those.</summary>
    internal void Select(PacketFilter filter) => filter.Select(_bundle);

    /// <summary>
    /// Counts packets of this batch as dropped instead of delivered. It may be called several times, for one reason or more.
    /// </summary>
    /// <param name="packets">At most as many as were not rejected or held before.</param>
    /// <param name="bytes">Their captured bytes.</param>
    /// <exception cref="ArgumentException">
    /// Fewer are left in the batch, or there is no such reason. Nothing is counted then.
    /// </exception>
    public void Reject(DropReason reason, long packets, long bytes) => _bundle.Reject(reason, packets, bytes);

    /// <summary>
    /// Keeps packets of this batch open: their bytes are in a buffer of the consumer's, and it settles them later through
    /// <see cref="HeldAccount.HeldDelivered"/> or <see cref="HeldAccount.HeldDropped"/> of <see cref="Account"/>. Packets that are never
    /// settled are counted as <see cref="DropReason.Shutdown"/> at the end of the run.
    /// </summary>
    /// <param name="packets">At most as many as were not rejected or held before.</param>
    /// <param name="bytes">Their captured bytes.</param>
    /// <exception cref="ArgumentException">Fewer are left in the batch. Nothing is held then.</exception>
    public void Hold(long packets, long bytes) => _bundle.HoldAtOnce(packets, bytes);

    /// <summary>The same for a writer that might have settled some of them already.</summary>
    internal void HoldWritten(long packets, long bytes) => _bundle.Hold(packets, bytes);

    /// <summary>Goes over the packets of a batch.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<Packet> _packets;
        private readonly PagePool _pool;
        private readonly LinkType _linkType;
        private int _at = -1;

        internal Enumerator(PageBundle bundle)
        {
            _packets = bundle.Packets;
            _pool = bundle.Pool;
            _linkType = bundle.Interface.LinkType;
        }

        /// <summary>
        /// The current packet. It is valid until the consumer returns, and there is none before the first <see cref="MoveNext"/>.
        /// </summary>
        public readonly PacketView Current => new(in _packets[_at], _pool, _linkType);

        /// <summary>Moves to the next packet.</summary>
        /// <returns>False after the last.</returns>
        public bool MoveNext() => ++_at < _packets.Length;
    }
}
