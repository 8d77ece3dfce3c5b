using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>A section of a pcapng file: its byte order, and the interfaces that its packets name by number.</summary>
internal sealed class PcapngSection(InterfaceList all, CaptureMetadata metadata)
{
    private readonly List<PcapngInterface> _interfaces = [];

    public bool IsBigEndian { get; private set; }

    /// <summary>Begins a section from the first 24 bytes of its header.</summary>
    /// <returns>What is wrong with it, and where in the block; null when nothing is.</returns>
    public unsafe (int At, string What)? Start(byte* block)
    {
        var isBigEndian = BigEndian.U32(block + PcapngBlock.ByteOrderAt) == PcapngBlock.ByteOrderMagic;
        if (!isBigEndian && LittleEndian.U32(block + PcapngBlock.ByteOrderAt) != PcapngBlock.ByteOrderMagic)
        {
            var magic = BigEndian.U32(block + PcapngBlock.ByteOrderAt);
            return (PcapngBlock.ByteOrderAt, $"a section's byte order magic is {magic:x8}; expected 1a2b3c4d or 4d3c2b1a");
        }

        int major = isBigEndian ? BigEndian.U16(block + PcapngBlock.MajorAt) : LittleEndian.U16(block + PcapngBlock.MajorAt);
        int minor = isBigEndian ? BigEndian.U16(block + PcapngBlock.MinorAt) : LittleEndian.U16(block + PcapngBlock.MinorAt);
        // Some writers say 1.2 for 1.0. libpcap and Wireshark read it as 1.0.
        if (major != 1 || minor is not (0 or 2))
            return (PcapngBlock.MajorAt, $"the pcapng version of a section is {major}.{minor}; 1.0 can be read");
        IsBigEndian = isBigEndian;
        _interfaces.Clear();
        return null;
    }

    /// <summary>
    /// Adds the interface of a description block. It lies whole at <paramref name="block"/>, and its length has been checked.
    /// </summary>
    public unsafe bool Add<TOrder>(byte* block, int length, CapturePages pages, out (int At, string What) fault)
        where TOrder : struct, IByteOrder
    {
        if (all.Count == InterfaceList.Most)
        {
            fault = (0, $"the capture describes more than {InterfaceList.Most} interfaces");
            return false;
        }

        if (PcapngInterface.Read<TOrder>(block, length, all.Count, pages, metadata, out fault) is not { } added) return false;
        _interfaces.Add(added);
        all.Add(added.Nic);
        return true;
    }

    public PcapngInterface? Find(uint index) => index < (uint)_interfaces.Count ? _interfaces[(int)index] : null;

    public string Unknown(uint index) =>
        $"a packet is of interface {index}; the section has described {_interfaces.Count} interfaces so far";
}
