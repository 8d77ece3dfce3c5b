using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>All that came out of a capture, and how it ended. Every page was home afterwards, or the test has failed.</summary>
internal sealed class Drained
{
    // Bundles are kept for a while, so that pages are read while later ones are filled.
    private const int BundlesHeld = 5;

    private readonly IncrementalHash _contents = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _times = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _timesAndLengths = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Queue<PageBundle> _held = new();

    public List<Packet> Packets { get; } = [];

    public List<NicInterface> InterfaceOfPacket { get; } = [];

    public long CapturedBytes { get; private set; }

    public long WireBytes => Packets.Sum(p => (long)p.WireLength);

    public int Truncated => Packets.Count(p => p.CapturedLength < p.WireLength);

    public int ZeroLength => Packets.Count(p => p.CapturedLength == 0);

    public string ContentsHash { get; private set; } = "";

    public string TimesHash { get; private set; } = "";

    /// <summary>Over a line for each packet, as the corpus has it of tshark.</summary>
    public string TimesAndLengthsHash { get; private set; } = "";

    public IReadOnlyList<NicInterface> Interfaces { get; private set; } = [];

    public Exception? Error { get; private set; }

    public static Drained File(string path, int pageBytes = CaptureFileNic.DefaultPageBytes, int pages = 4)
    {
        var drained = new Drained();
        try
        {
            using var nic = CaptureFileNic.Open(path, pageBytes, pages);
            drained.Drain(nic);
        }
        catch (CaptureFormatException e)
        {
            drained.Error = e;
        }

        return drained;
    }

    /// <summary>With the smallest pages that the records fit into, so that they straddle pages as often as can be.</summary>
    public static Drained FileWithSmallestPages(string path)
    {
        for (var pageBytes = CaptureFileNic.SmallestPageBytes; ; pageBytes *= 2)
        {
            var drained = File(path, pageBytes, pages: 2);
            if (drained.Error is null || !drained.Error.Message.Contains("does not fit into a page", StringComparison.Ordinal)) return drained;
        }
    }

    public static Drained Bytes(byte[] capture, int pageBytes = CaptureFileNic.SmallestPageBytes)
    {
        using var folder = new TestSupport.TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["capture"], capture);
        return File(folder["capture"], pageBytes);
    }

    private void Drain(CaptureFileNic nic)
    {
        var queue = nic.Queues[0];
        var bundles = new BundlePool(64);
        var account = new PacketAccount("test", AccountKind.Consumer);
        try
        {
            while (ReceiveOne(queue, bundles, account))
            {
            }
        }
        catch (IOException e)
        {
            Error = e;
        }

        while (_held.Count > 0) Finish(_held.Dequeue());
        Interfaces = nic.Interfaces;
        ContentsHash = Convert.ToHexStringLower(_contents.GetHashAndReset());
        TimesHash = Convert.ToHexStringLower(_times.GetHashAndReset());
        TimesAndLengthsHash = Convert.ToHexStringLower(_timesAndLengths.GetHashAndReset());
        Assert.Equal(0, queue.Pool.Outstanding);
        Assert.Empty(queue.Pool.Audit?.Leaks() ?? []);
        Assert.Equal(Packets.Count, account.DeliveredTally.Packets);
    }

    private bool ReceiveOne(INicQueue queue, BundlePool bundles, PacketAccount account)
    {
        var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
        var status = ReceiveStatus.End;
        try
        {
            status = queue.Receive(bundle);
        }
        finally
        {
            Assert.Equal(status == ReceiveStatus.Received, bundle.Count > 0);
            if (status == ReceiveStatus.Received) _held.Enqueue(bundle);
            else bundle.Dispose();
        }

        Assert.NotEqual(ReceiveStatus.Empty, status);
        if (status == ReceiveStatus.NoPage) Assert.NotEmpty(_held);
        if (_held.Count > (status == ReceiveStatus.NoPage ? 0 : BundlesHeld)) Finish(_held.Dequeue());
        return status != ReceiveStatus.End;
    }

    private void Finish(PageBundle bundle)
    {
        using var disposed = bundle;
        Span<byte> numbers = stackalloc byte[16];
        foreach (ref readonly var packet in bundle.Packets)
        {
            BinaryPrimitives.WriteInt64LittleEndian(numbers, packet.TimestampNanoseconds);
            BinaryPrimitives.WriteInt32LittleEndian(numbers[8..], packet.CapturedLength);
            BinaryPrimitives.WriteUInt32LittleEndian(numbers[12..], packet.WireLength);
            _contents.AppendData(numbers[8..]);
            _contents.AppendData(bundle.BytesOf(packet));
            _times.AppendData(numbers[..8]);
            var time = packet.Has(PacketFlags.NoTimestamp) ? "None" : $"{packet.TimestampNanoseconds}";
            _timesAndLengths.AppendData(Encoding.ASCII.GetBytes($"{time},{packet.CapturedLength},{packet.WireLength}\n"));
            CapturedBytes += packet.CapturedLength;
            Packets.Add(packet);
            InterfaceOfPacket.Add(bundle.Interface);
        }
    }
}
