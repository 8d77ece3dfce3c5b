using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// What a consumer sees of a bundle. A <c>ref struct</c>, so that it can neither be kept nor disposed by code that does not own it.
/// </summary>
[DebuggerDisplay("{Count} packets, {Bytes} bytes from {Interface.Name}, generation {Generation}")]
public readonly ref struct PacketBatch
{
    private readonly PageBundle _bundle;

    /// <summary>For whoever owns the bundle and calls a consumer. The batch owns nothing: the bundle must outlive it.</summary>
    /// <param name="bundle">Rented, not yet settled.</param>
    public PacketBatch(PageBundle bundle) => _bundle = bundle;

    /// <summary>Packets in the batch, also those rejected or held meanwhile. One at least, when a pipeline calls.</summary>
    public int Count => _bundle.Count;

    /// <summary>Captured bytes of all packets.</summary>
    public long Bytes => _bundle.Bytes;

    /// <summary>The interface all of the packets came in on.</summary>
    public NicInterface Interface => _bundle.Interface;

    /// <summary>The number of the rule set that marked the packets.</summary>
    public int Generation => _bundle.Generation;

    /// <summary>That rule set, compiled, as long as the batch is there; null where no router has seen the packets.</summary>
    public MarkTable? Rules => _bundle.MarkedBy as MarkTable;

    /// <summary>Where packets are settled that <see cref="Hold"/> was said of. It may be kept.</summary>
    public HeldAccount Account => new(_bundle.Account);

    /// <summary>The account the packets are counted in, for writers that settle what they hold themselves.</summary>
    internal PacketAccount PacketAccount => _bundle.Account;

    /// <summary>
    /// The descriptors, in the order the packets came in. Valid until the consumer returns, as the bytes they point at are.
    /// </summary>
    public ReadOnlySpan<Packet> Packets => _bundle.Packets;

    /// <summary>A packet's captured bytes, valid until the consumer returns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The packet is none of the batch's, and leads out of its memory.</exception>
    public ReadOnlySpan<byte> BytesOf(in Packet packet) => _bundle.Pool.BytesWithin(packet);

    /// <summary>The same, unchecked, for what is known to be a packet of the batch.</summary>
    internal ReadOnlySpan<byte> OwnBytesOf(in Packet packet) => _bundle.BytesOf(packet);

    /// <summary>The block around a packet that is flagged <see cref="PacketFlags.InBlock"/>.</summary>
    internal PacketBlock BlockOf(in Packet packet) => new(_bundle.Pool, packet);

    /// <summary>For <c>foreach</c>, as quick as <see cref="Packets"/> with <see cref="BytesOf"/>; allocates nothing.</summary>
    public Enumerator GetEnumerator() => new(_bundle);

    /// <summary>Flags the packets that a filter matches as <see cref="PacketFlags.Selected"/>, and only those.</summary>
    internal void Select(PacketFilter filter) => filter.Select(_bundle);

    /// <summary>
    /// Counts packets of this batch as dropped instead of delivered. As often as there is something to say, for one reason or several.
    /// </summary>
    /// <param name="packets">At most so many as were not rejected or held before.</param>
    /// <param name="bytes">Their captured bytes.</param>
    /// <exception cref="ArgumentException">
    /// There are not so many left in the batch, or there is no such reason. Nothing is counted then.
    /// </exception>
    public void Reject(DropReason reason, long packets, long bytes) => _bundle.Reject(reason, packets, bytes);

    /// <summary>
    /// Keeps packets of this batch open: their bytes are in a buffer of the consumer's, and it settles them later through
    /// <see cref="HeldAccount.HeldDelivered"/> or <see cref="HeldAccount.HeldDropped"/> of <see cref="Account"/>. What is never settled is
    /// counted as <see cref="DropReason.Shutdown"/> at the end of the run.
    /// </summary>
    /// <param name="packets">At most so many as were not rejected or held before.</param>
    /// <param name="bytes">Their captured bytes.</param>
    /// <exception cref="ArgumentException">There are not so many left in the batch. Nothing is held then.</exception>
    public void Hold(long packets, long bytes) => _bundle.HoldAtOnce(packets, bytes);

    /// <summary>The same for a writer, which may have settled some of them by the time it says so.</summary>
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

        /// <summary>The packet it is at. Valid until the consumer returns; not before the first <see cref="MoveNext"/>.</summary>
        public readonly PacketView Current => new(in _packets[_at], _pool, _linkType);

        /// <summary>Goes on to the next packet.</summary>
        /// <returns>False behind the last.</returns>
        public bool MoveNext() => ++_at < _packets.Length;
    }
}
