using System.Buffers.Binary;

namespace Pipeline.Benchmarks.Captures;

/// <summary>
/// Makes captures of UDP packets over 4096 flows; the same seed makes the same bytes. Flow f goes to 10.(1 + f / 256).(f % 256).1, so
/// that every flow has a /24 of its own for rules to match. Packets come a microsecond apart.
/// </summary>
/// <remarks>pcap with microseconds, little-endian: draft-ietf-opsawg-pcap. IPv4 checksums are right; UDP goes without.</remarks>
internal sealed class CaptureGenerator(PacketMix mix, ulong seed)
{
    public const int Flows = 4096;

    private const int RecordHeaderBytes = 16;
    private const int LongestPacketBytes = 1514;
    private const int HeaderBytes = 14 + 20 + 8;
    private const long FirstSecond = 1_700_000_000;

    private readonly byte[] _record = new byte[RecordHeaderBytes + LongestPacketBytes];
    private ulong _state = seed;

    /// <summary>Writes a whole capture: its header, and so many packets.</summary>
    public void Write(Stream to, long packets)
    {
        to.Write(FileHeader());
        for (var i = 0L; i < packets; i++) to.Write(Next(i));
    }

    /// <summary>A packet without its record, for measurements in memory. Valid until the next call.</summary>
    public ReadOnlySpan<byte> NextPacket(long number) => Next(number)[RecordHeaderBytes..];

    private static byte[] FileHeader()
    {
        var header = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 65535);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), 1);
        return header;
    }

    private ReadOnlySpan<byte> Next(long number)
    {
        var random = NextRandom();
        var length = LengthOf(random >> 32);
        var record = _record.AsSpan(0, RecordHeaderBytes + length);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(FirstSecond + (number / 1_000_000)));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(number % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], length);
        WriteHeaders(record[RecordHeaderBytes..], (int)(random % Flows));
        BinaryPrimitives.WriteInt64BigEndian(record[(RecordHeaderBytes + HeaderBytes)..], number);
        return record;
    }

    private int LengthOf(ulong random) => mix == PacketMix.Small ? 60 : (random % 12) switch
    {
        < 7 => 60,
        < 11 => 590,
        _ => 1514,
    };

    private static void WriteHeaders(Span<byte> packet, int flow)
    {
        ReadOnlySpan<byte> ethernet = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
        ethernet.CopyTo(packet);
        var ip = packet[14..];
        ReadOnlySpan<byte> start = [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0];
        start.CopyTo(ip);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x0a00_0000u | (uint)flow);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0x0a01_0001u + ((uint)flow << 8));
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], ChecksumOf(ip[..20]));
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], (ushort)(1024 + flow));
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], 5000);
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(ip.Length - 20));
        ip[26..28].Clear();
    }

    private static ushort ChecksumOf(ReadOnlySpan<byte> header)
    {
        var sum = 0u;
        for (var i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).</summary>
    private ulong NextRandom()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
