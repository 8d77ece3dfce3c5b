using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// Checks the frames that a sender sent, and makes bundles of them whose packets lie where they were received. The bytes can be anything.
/// For the thread of the receiver.
/// </summary>
internal sealed unsafe class FrameIntake(BlockPagePool pool, LinkHello hello, ILinkTarget target, BundlePool bundles, LinkLease lease,
    LinkBell bell, LinkCounters counters)
{
    private readonly ArrivalRow?[] _byInstance = new ArrivalRow?[LinkLayout.MostInstances];
    private readonly NicInterface?[] _interfaces = new NicInterface?[LinkLayout.MostInterfaces];
    private LinkGeneration? _generation;
    private long _number;

    /// <summary>The instances that bundles have come for.</summary>
    public List<ArrivalRow> Rows { get; } = [];

    /// <summary>Whether a frame has come. Then the sender has made its end of the link, and so it knows what was said before.</summary>
    public bool HasHeard => _number > 0;

    /// <summary>The credit of all that came and has not been acknowledged.</summary>
    public long InFlight { get; set; }

    /// <summary>Takes the frames that were read whole.</summary>
    /// <returns>Why the last one is refused; none where it is not.</returns>
    public LinkRefusal TakeFrom(SlabReader slabs)
    {
        while (slabs.Length >= LinkLayout.HeaderBytes)
        {
            var length = slabs.FrameLength;
            if (length is < LinkLayout.HeaderBytes or > LinkLayout.MostFrameBytes) return LinkRefusal.Length;
            if (length > slabs.Length) break;
            var refusal = Take(slabs.Unread, length, slabs.Page);
            if (refusal != LinkRefusal.None) return refusal;
            slabs.Parsed(length);
        }

        return LinkRefusal.None;
    }

    /// <summary>Takes one frame.</summary>
    /// <param name="frame">Its first byte.</param>
    /// <param name="length">Its length, as its header says.</param>
    /// <param name="page">The page that it lies in, which the caller holds.</param>
    /// <returns>Why it is refused. Sections in front of the one that is wrong were handed over.</returns>
    private LinkRefusal Take(byte* frame, int length, int page)
    {
        var header = FrameHeader.Read(new ReadOnlySpan<byte>(frame, length));
        var refusal = header.Check(hello.Epoch, _number);
        if (refusal != LinkRefusal.None) return refusal;
        _number++;
        var at = frame + LinkLayout.HeaderBytes;
        var room = length - LinkLayout.HeaderBytes;
        return header.Kind switch
        {
            FrameKind.Ping => room == 0 && header.Items == 0 ? LinkRefusal.None : LinkRefusal.Items,
            FrameKind.Interface => header.Items == 0 ? Declare(new ReadOnlySpan<byte>(at, room)) : LinkRefusal.Items,
            FrameKind.Bundles => TakeSections(at, room, header.Items, page),
            _ => LinkRefusal.Kind,
        };
    }

    private LinkRefusal Declare(ReadOnlySpan<byte> body)
    {
        if (DeclaredInterfaces.Read(body, out var id) is not { } nicInterface) return LinkRefusal.Interface;
        _interfaces[id] = nicInterface;
        return LinkRefusal.None;
    }

    private LinkRefusal TakeSections(byte* at, int room, int sections, int page)
    {
        if (sections <= 0) return LinkRefusal.Items;
        if (room + LinkLayout.HeaderBytes > hello.Terms.FrameLimit && !IsOnePacket(at, room, sections)) return LinkRefusal.Length;
        counters.Frames++;
        for (; sections > 0; sections--)
        {
            // What comes late is not handed over; the caller sees that the lease is over.
            if (!lease.Look()) return LinkRefusal.None;
            var refusal = TakeSection(at, room, page, out var used);
            if (refusal != LinkRefusal.None) return refusal;
            at += used;
            room -= used;
        }

        return room == 0 ? LinkRefusal.None : LinkRefusal.Items;
    }

    private static bool IsOnePacket(byte* at, int room, int sections) =>
        sections == 1 && room >= LinkLayout.SectionBytes && Unsafe.ReadUnaligned<SectionHeader>(at).Packets == 1;

    private LinkRefusal TakeSection(byte* at, int room, int page, out int used)
    {
        used = 0;
        var refusal = SectionCheck.Check(at, room, out var section);
        if (refusal != LinkRefusal.None) return refusal;
        if (_interfaces[section.Interface] is not { } nicInterface) return LinkRefusal.Interface;
        var row = _byInstance[section.Instance] ?? Open(section.Instance);
        if (section.Sequence != row.Sequence + 1) return LinkRefusal.Sequence;
        var charge = LinkLayout.Charge(section.Packets, section.Bytes);
        if (!IsWithinWindow(row, charge)) return LinkRefusal.Window;
        if (!row.HasTickets((section.Packets + bundles.BundlePackets - 1) / bundles.BundlePackets)) return LinkRefusal.Window;
        row.Begin(charge, (section.Flags & LinkLayout.LastSection) != 0, InFlight == 0);
        InFlight += charge;
        counters.Packets += section.Packets;
        counters.Bytes += section.Bytes;
        HandOver(section, row, nicInterface, at + LinkLayout.SectionBytes, page);
        used = SectionCheck.LengthOf(section);
        return LinkRefusal.None;
    }

    private bool IsWithinWindow(ArrivalRow row, long charge)
    {
        var (ofInstance, ofLink) = row.IsWithinBundle ? row.Alone : (row.InFlight == 0, InFlight == 0); // a bundle alone may be larger
        return (ofInstance || row.InFlight + charge <= hello.Terms.InstanceWindow) && (ofLink || InFlight + charge <= hello.Terms.Window);
    }

    private ArrivalRow Open(int instance)
    {
        var row = new ArrivalRow(instance, target.OpenAccount(instance), pool, hello.Terms.InstanceWindow, lease, bell);
        _byInstance[instance] = row;
        Rows.Add(row);
        return row;
    }

    /// <summary>Makes bundles of a section that was checked, and hands them over.</summary>
    private void HandOver(in SectionHeader section, ArrivalRow row, NicInterface nicInterface, byte* table, int page)
    {
        var data = table + (section.Packets * LinkLayout.EntryBytes);

        // A row that pins its part of the slabs copies its packets rather than pin one slab more for them.
        if (!row.Share.Pins(page) && row.Share.Charged >= Math.Max(1, pool.PageCount / (2 * Rows.Count)))
        {
            var copy = row.Copies.TryCopy(data, section.Bytes);
            if (copy is not null)
            {
                counters.Copied += section.Packets;
                data = copy;
                page = row.Copies.Page;
            }
        }

        var isLast = (section.Flags & LinkLayout.LastSection) != 0;
        for (var left = section.Packets; left > 0;)
        {
            var bundle = bundles.Rent(row.Share, row.Account, nicInterface);
            bundle.MarkedBy = Marked(section.Generation);
            Fill(bundle, Math.Min(left, bundle.Capacity), ref table, ref data, page);
            left -= bundle.Count;
            row.Lend(bundle, section.Sequence, endsSequence: isLast && left == 0);
            counters.Bundles++;
            target.Take(row.Instance, bundle);
        }
    }

    private void Fill(PageBundle bundle, int packets, ref byte* table, ref byte* data, int page)
    {
        var filled = pool.Filled;
        var room = bundle.Room;
        var bytes = 0L;
        for (var i = 0; i < packets; i++)
        {
            ref var packet = ref room[i];
            packet = Unsafe.ReadUnaligned<Packet>(table);
            filled.Place(ref packet, data);
            table += LinkLayout.EntryBytes;
            data += packet.CapturedLength;
            bytes += packet.CapturedLength;
        }

        bundle.AppendedFrom(page, packets, bytes);
    }

    private LinkGeneration? Marked(int generation)
    {
        if (generation == 0) return null;
        if (_generation?.Generation != generation) _generation = new LinkGeneration(generation);
        return _generation;
    }
}
