using System.Buffers.Binary;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// Collects the blocks besides packets that a copy of the capture keeps, as little-endian. A block with broken contents is left out, and
/// packets are not affected.
/// </summary>
/// <remarks>Source: draft-ietf-opsawg-pcapng, 4.1, 4.5, 4.6, 4.7 and 4.8.</remarks>
internal sealed class MetadataReader(CaptureMetadata metadata, PcapngSection section)
{
    // Both hold only a few numbers and lines of text.
    private const uint MostSectionBytes = 256 * 1024;
    private const uint MostStatisticsBytes = 4096;

    private const int BodyAt = 8;
    private const int SecretsAt = 16;
    private const int CustomDataAt = 12;
    private const int EndBytes = 4;

    /// <summary>Whether a block is to be kept. Blocks beyond the limit are counted.</summary>
    public bool Wants(uint type, uint length) => type switch
    {
        PcapngBlock.Statistics => length <= MostStatisticsBytes,
        PcapngBlock.SectionHeader => !metadata.HasSection && length <= MostSectionBytes && metadata.HasRoomFor(length),
        PcapngBlock.Names or PcapngBlock.Secrets or PcapngBlock.Custom => metadata.HasRoomFor(length),
        _ => false,
    };

    /// <param name="block">The block without its second length.</param>
    public void Take(uint type, ReadOnlySpan<byte> block, bool isBigEndian)
    {
        if (type == PcapngBlock.SectionHeader)
        {
            metadata.SetSection(PcapngOptions.Copy(block[PcapngBlock.SectionOptionsAt..], isBigEndian, OptionValues.OfSection));
            return;
        }

        if (type == PcapngBlock.Statistics)
        {
            if (block.Length >= InterfaceStatistics.LeastBytes) TakeStatistics(block, isBigEndian);
            return;
        }

        var copy = new byte[block.Length + EndBytes + PcapngBlock.TrailerBytes];
        var end = type switch
        {
            PcapngBlock.Names => CopyNames(block, isBigEndian, copy),
            PcapngBlock.Secrets => CopySecrets(block, isBigEndian, copy),
            _ => CopyCustom(block, isBigEndian, copy),
        };
        if (end == 0) metadata.LeaveOut();
        else metadata.Add(Closed(type, copy, end));
    }

    private void TakeStatistics(ReadOnlySpan<byte> block, bool isBigEndian)
    {
        if (section.Find(PcapngOptions.U32(block[BodyAt..], isBigEndian)) is { Nic.Description: { } description } of)
            description.Statistics = InterfaceStatistics.Read(block, isBigEndian, of.Time);
    }

    private static byte[] Closed(uint type, byte[] block, int end)
    {
        var length = end + PcapngBlock.TrailerBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(PcapngBlock.LengthAt), (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(end), (uint)length);
        return block[..length];
    }

    /// <summary>Records of a type, a length and octets, up to one of type 0; then options.</summary>
    private static int CopyNames(ReadOnlySpan<byte> block, bool isBigEndian, Span<byte> copy)
    {
        var records = new PcapngOptions(block[BodyAt..], isBigEndian);
        var at = BodyAt;
        while (records.Next())
        {
            BinaryPrimitives.WriteUInt16LittleEndian(copy[at..], records.Code);
            BinaryPrimitives.WriteUInt16LittleEndian(copy[(at + 2)..], (ushort)records.Value.Length);
            records.Value.CopyTo(copy[(at + PcapngOptions.HeadBytes)..]);
            at += PcapngOptions.HeadBytes + PcapngOptions.Padded(records.Value.Length);
        }

        var options = at + EndBytes;
        var ends = options <= block.Length && (block[at] | block[at + 1]) == 0;
        return !ends ? 0 : CopyOptions(block[options..], isBigEndian, OptionValues.OfNames, copy, options);
    }

    private static int CopySecrets(ReadOnlySpan<byte> block, bool isBigEndian, Span<byte> copy)
    {
        if (block.Length < SecretsAt) return 0;
        uint kind = PcapngOptions.U32(block[BodyAt..], isBigEndian), length = PcapngOptions.U32(block[(BodyAt + 4)..], isBigEndian);
        var options = SecretsAt + ((length + 3L) & ~3L);
        if (options > block.Length) return 0;
        BinaryPrimitives.WriteUInt32LittleEndian(copy[BodyAt..], kind);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[(BodyAt + 4)..], length);
        block[SecretsAt..(int)options].CopyTo(copy[SecretsAt..]);
        return CopyOptions(block[(int)options..], isBigEndian, OptionValues.OfAny, copy, (int)options);
    }

    /// <summary>An enterprise number. The bytes after it are in its owner's format. The owner has said that they may be copied.</summary>
    private static int CopyCustom(ReadOnlySpan<byte> block, bool isBigEndian, Span<byte> copy)
    {
        if (block.Length < CustomDataAt) return 0;
        BinaryPrimitives.WriteUInt32LittleEndian(copy[BodyAt..], PcapngOptions.U32(block[BodyAt..], isBigEndian));
        block[CustomDataAt..].CopyTo(copy[CustomDataAt..]);
        return block.Length;
    }

    private static int CopyOptions(ReadOnlySpan<byte> options, bool isBigEndian, Func<ushort, OptionValue> kindOf, Span<byte> copy, int at)
    {
        var written = PcapngOptions.Copy(options, isBigEndian, kindOf, copy[at..]);
        return at + written + (written > 0 ? EndBytes : 0);
    }
}
