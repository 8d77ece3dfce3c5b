using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>Reads a capture into memory, to be put on the simulated wire.</summary>
internal sealed class CaptureTrafficReader(SimulatedOptions options)
{
    /// <summary>All queues read the same bytes, so the bytes lie in memory. Larger captures are better read as files.</summary>
    public const long MostBytes = 1L << 30;

    private const int MostPackets = 1 << 24;
    private const int BundlePackets = 1024;

    private readonly ReceiveSideScaling _scaling = new(options);
    private readonly List<PacketTemplate> _templates = [];
    private readonly List<byte> _queueOf = [];
    private byte[] _bytes = new byte[1 << 16];
    private int _used;

    /// <exception cref="CaptureFormatException">It is not a capture.</exception>
    /// <exception cref="IOException">It cannot be read, has no packets, or is too large.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to read it.</exception>
    public WireTraffic Read()
    {
        using var nic = CaptureFileNic.Open(options.Capture!);
        var fault = ReadAll(nic);
        if (_templates.Count == 0) throw fault ?? new IOException($"{nic.Name}: there is no packet in this capture to simulate");

        // A broken capture does not start again: the wire ends at the fault.
        var packets = fault is null ? options.Packets ?? _templates.Count : Math.Min(options.Packets ?? long.MaxValue, _templates.Count);
        return new CaptureTraffic(packets, Lap(), packets == _templates.Count ? fault : null)
        {
            Heads = _bytes,
            Tail = [],
            Templates = [.. _templates],
            QueueOf = [.. _queueOf],
            Interfaces = nic.Interfaces,
        };
    }

    private CaptureFormatException? ReadAll(CaptureFileNic nic)
    {
        var queue = nic.Queues[0];
        var bundles = new BundlePool(BundlePackets);
        var account = new PacketAccount("simulated capture", AccountKind.Stage);
        try
        {
            while (true)
            {
                using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
                if (queue.Receive(bundle) == ReceiveStatus.End) return null;
                foreach (ref readonly var packet in bundle.Packets) Add(nic.Name, bundle.Interface, packet, bundle.BytesOf(packet));
            }
        }
        catch (CaptureFormatException error)
        {
            return error;
        }
    }

    private void Add(string name, NicInterface nicInterface, in Packet packet, ReadOnlySpan<byte> bytes)
    {
        if (_used + (long)bytes.Length > MostBytes || _templates.Count == MostPackets)
            throw new IOException($"{name}: too large to be simulated, which holds a capture in memory; expected at most {MostBytes >> 20} "
                + $"MiB and {MostPackets} packets, or read it as a file");

        if (_used + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_used));
        _templates.Add(new PacketTemplate
        {
            HeadAt = _used,
            HeadBytes = bytes.Length,
            Length = bytes.Length,
            WireLength = packet.WireLength,
            FlowHash = FlowHash.Of(nicInterface.LinkType, bytes),
            Interface = nicInterface.Index,
            TimestampNanoseconds = packet.TimestampNanoseconds,
            Flags = packet.Flags & PacketFlags.NoTimestamp,
        });
        _queueOf.Add((byte)_scaling.QueueOf(nicInterface.LinkType, bytes));
        _used += bytes.Length;
    }

    /// <summary>The duration of the capture, and one average gap to its next packet.</summary>
    private long Lap()
    {
        var took = Math.Max(0, _templates[^1].TimestampNanoseconds - _templates[0].TimestampNanoseconds);
        return took + Math.Max(1, took / Math.Max(1, _templates.Count - 1));
    }
}
