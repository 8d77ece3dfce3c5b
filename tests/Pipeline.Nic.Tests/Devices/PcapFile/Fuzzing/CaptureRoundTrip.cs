using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Tests.Consumers;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Writes what was read in a format of ours, and looks whether the same packets are in it: by the specifications, and read again.</summary>
internal sealed class CaptureRoundTrip(CaptureUnderTest reader)
{
    /// <summary>The last nanosecond that 32 bits of seconds can say.</summary>
    private const long LastPcapTime = (1L << 32) * 1_000_000_000 - 1;

    // Large enough for whatever comes out of the small pages that captures are made for.
    private static readonly Passage Again = new(64 * 1024, 2, 64, 2, 0);

    private readonly SpecifiedCapture _written = new();

    public long Count { get; private set; }

    public void Check(SpecifiedCapture expected, in Passage passage, Chance chance)
    {
        var toPcap = chance.OneIn(2);
        if (expected.Packets.Count == 0 || expected.BrokenAt is not null || (toPcap && !IsOfOneInterface(expected))) return;
        var bytes = Write(expected, passage, Path.Combine(reader.Folder, toPcap ? "out.pcap" : "out.pcapng"));

        _written.Read(bytes, bytes.Length, Again.PageBytes);
        Compare(expected, toPcap);
        reader.Check(_written, Again);
        Count++;
    }

    private byte[] Write(SpecifiedCapture expected, in Passage passage, string path)
    {
        using var buffer = new BlockBuffer(CaptureLayout.MostHeaderBytes);
        using var consumer = new WriterConsumer(new CaptureWriter(new CaptureOptions { Path = path }, buffer));
        reader.Check(expected, passage, consumer);
        return File.ReadAllBytes(path);
    }

    private void Compare(SpecifiedCapture expected, bool toPcap)
    {
        FuzzException.Unless(_written.BrokenAt is null, $"what was written is broken at byte {_written.BrokenAt}");
        FuzzException.Unless(_written.Packets.Count == expected.Packets.Count, $"{_written.Packets.Count} packets were written, of {expected.Packets.Count}");
        for (var i = 0; i < expected.Packets.Count; i++)
        {
            var (right, found) = (expected.Packets[i], _written.Packets[i]);
            var (bytes, was) = (_written.Bytes[found.At..(found.At + found.Captured)], expected.Bytes[right.At..(right.At + right.Captured)]);
            var isRight = expected.Interfaces[right.Interface].HasSameBytesAnywhere ? bytes.SequenceEqual(was) : bytes.Length == was.Length;
            FuzzException.Unless(isRight, $"packet {i} was written with other bytes");
            FuzzException.Unless(found.Wire == right.Wire, $"packet {i} was written with wire length {found.Wire}, not {right.Wire}");
            FuzzException.Unless(LinkTypeOf(_written, found) == LinkTypeOf(expected, right), $"packet {i} was written as of another link type");
            if (right.Time is not { } time) continue;
            var kept = toPcap ? Math.Clamp(time, 0, LastPcapTime) : time;
            FuzzException.Unless(found.Time == kept, $"packet {i} was written with time {found.Time}, not {kept}");
        }
    }

    /// <summary>A pcap file says one link type and one length of frame check sequences for all.</summary>
    private static bool IsOfOneInterface(SpecifiedCapture capture) => capture.Packets.TrueForAll(p => p.Interface == capture.Packets[0].Interface);

    private static int LinkTypeOf(SpecifiedCapture capture, in SpecifiedPacket packet) =>
        SpecifiedInterface.Canonical(capture.Interfaces[packet.Interface].LinkType);
}
