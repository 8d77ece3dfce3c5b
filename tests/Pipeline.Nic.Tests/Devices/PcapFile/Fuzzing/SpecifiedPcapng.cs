namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>A pcapng file by draft-ietf-opsawg-pcapng, block by block; the lengths of sections are not believed.</summary>
internal static class SpecifiedPcapng
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint Interface = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;

    /// <summary>In front of a packet in an enhanced or obsolete packet block, and the length behind it.</summary>
    private const int PacketOverhead = 32;

    private const int SimpleOverhead = 16;
    private const int InterfaceBytes = 20;
    private const int SectionBytes = 28;

    public static void Read(SpecifiedCapture into)
    {
        // The interfaces before this one belong to earlier sections.
        var firstOfSection = 0;
        for (var at = 0; at < into.Length;)
        {
            var isSection = at + 4 <= into.Length && into.U32(at) == SectionHeader;
            if (isSection && !StartSection(into, at))
            {
                into.Break(at, into.Length - at);
                return;
            }

            if (isSection) firstOfSection = into.Interfaces.Count;
            if (!IsWhole(into, at) || !ReadBlock(into, at, firstOfSection))
            {
                into.Break(at, into.Length - at >= 8 ? Math.Max(into.U32(at + 4), SectionBytes) : into.Length - at);
                return;
            }

            at += (int)into.U32(at + 4);
            if (into.Interfaces.Count > 0 && into.HeaderEnd == 0) into.HeaderEnd = at;
        }
    }

    /// <summary>4.1: the byte order, and the version, where 1.2 is what some writers say of 1.0.</summary>
    private static bool StartSection(SpecifiedCapture into, int at)
    {
        if (into.Length - at < SectionBytes - 4) return false;
        into.IsBigEndian = into.Bytes[at + 8] == 0x1A;
        return into.U32(at + 8) == 0x1A2B3C4D && into.U16(at + 12) == 1 && into.U16(at + 14) is 0 or 2;
    }

    /// <summary>3.1: a block's two lengths are the same multiple of 4, and all of it is there.</summary>
    private static bool IsWhole(SpecifiedCapture into, int at)
    {
        var left = into.Length - at;
        if (left < 12) return false;
        var length = into.U32(at + 4);
        var least = into.U32(at) switch
        {
            SectionHeader => SectionBytes,
            Interface => InterfaceBytes,
            ObsoletePacket or EnhancedPacket => PacketOverhead,
            SimplePacket => SimpleOverhead,
            _ => 12,
        };
        return length >= least && length % 4 == 0 && length <= left && into.U32(at + (int)length - 4) == length;
    }

    private static bool ReadBlock(SpecifiedCapture into, int at, int firstOfSection)
    {
        var type = into.U32(at);
        var length = (int)into.U32(at + 4);
        if (type is not (Interface or ObsoletePacket or SimplePacket or EnhancedPacket)) return true;
        if (length > into.MostInOnePiece) return false;
        if (type == Interface) return ReadInterface(into, at, length);
        var index = type switch
        {
            SimplePacket => 0u,
            EnhancedPacket => into.U32(at + 8),
            _ => into.U16(at + 8),
        };
        if (index >= into.Interfaces.Count - firstOfSection) return false;
        var place = firstOfSection + (int)index;
        return type == SimplePacket ? ReadSimple(into, at, length, place) : ReadPacket(into, at, length, place);
    }

    /// <summary>4.3 and A: the two 32-bit halves of the time, upper first; captured and wire length.</summary>
    private static bool ReadPacket(SpecifiedCapture into, int at, int length, int place)
    {
        var captured = into.U32(at + 20);
        if (captured > length - PacketOverhead) return false;
        var time = into.Interfaces[place].Nanoseconds(((ulong)into.U32(at + 12) << 32) | into.U32(at + 16));
        into.Packets.Add(new SpecifiedPacket(at + 28, (int)captured, into.U32(at + 24), time, place));
        return true;
    }

    /// <summary>4.4: of the first interface; what was captured is the wire's length, at most the snap length.</summary>
    private static bool ReadSimple(SpecifiedCapture into, int at, int length, int place)
    {
        var wire = into.U32(at + 8);
        var snapLength = into.Interfaces[place].SnapLength;
        var captured = snapLength == 0 ? wire : Math.Min(wire, snapLength);
        if (captured > length - SimpleOverhead) return false;
        into.Packets.Add(new SpecifiedPacket(at + 12, (int)captured, wire, null, place));
        return true;
    }

    /// <summary>4.2, with if_tsresol and if_fcslen of 1 byte and if_tsoffset of 8.</summary>
    private static bool ReadInterface(SpecifiedCapture into, int at, int length)
    {
        var found = new SpecifiedInterface(into.U16(at + 8), into.U32(at + 12), into.IsBigEndian);
        var end = at + length - 4;
        for (var option = at + 16; end - option >= 4;)
        {
            int code = into.U16(option), bytes = into.U16(option + 2);
            if (code == 0) break;
            if (bytes > end - option - 4 || (code is 9 or 13 && bytes != 1) || (code == 14 && bytes != 8)) return false;
            if (code == 9) found = found with { Resolution = into.Bytes[option + 4] };
            if (code == 14) found = found with { Offset = (long)into.U64(option + 4) };
            option += 4 + ((bytes + 3) & ~3);
        }

        into.Interfaces.Add(found);
        return true;
    }
}
