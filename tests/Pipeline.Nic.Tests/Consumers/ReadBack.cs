using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>Reads captures again: by the reference tools, and by the product's own reader.</summary>
internal static class ReadBack
{
    /// <summary>Time, captured and wire length, and interface of each packet, by tshark.</summary>
    public static string[] Packets(string path)
    {
        var result = Tool.Run("tshark", "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len",
            "-e", "frame.interface_name", "-E", "separator=/s");
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>How many packets Wireshark's library finds, which reads each of them. Without tshark, whose start takes a second.</summary>
    public static int Count(string path) => int.Parse(Capinfos(path, "-c", "-M")["Number of packets"].Single(), CultureInfo.InvariantCulture);

    /// <summary>How many packets the product's own reader finds.</summary>
    public static int OwnCount(string path)
    {
        using var nic = CaptureFileNic.Open(path);
        var count = 0;
        Each(nic, null, bundle => count += bundle.Count);
        return count;
    }

    /// <summary>The lines of <c>capinfos</c> by what stands before the colon.</summary>
    public static ILookup<string, string> Capinfos(string path, params string[] flags)
    {
        var result = Tool.Run("capinfos", [.. flags, path]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Output.Split('\n').Select(l => l.Split(':', 2)).Where(l => l.Length == 2).ToLookup(l => l[0].Trim(), l => l[1].Trim());
    }

    /// <summary>What tcpdump says when it reads the whole file.</summary>
    public static Tool.Result Tcpdump(string path) => Tool.Run("tcpdump", "-nn", "-tt", "--nano", "-r", path);

    /// <summary>One line for all: SHA-256 over time, lengths, link type and bytes of each packet.</summary>
    public static string Digest(string path) => Through(path, null);

    /// <summary>The digest of a capture that has these packets, all of Ethernet.</summary>
    public static string Digest(IEnumerable<SentPacket> packets)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var packet in packets)
        {
            digest.AppendData(BitConverter.GetBytes(packet.Timestamp));
            digest.AppendData(BitConverter.GetBytes(packet.Bytes.Length));
            digest.AppendData(BitConverter.GetBytes(packet.WireLength ?? (uint)packet.Bytes.Length));
            digest.AppendData(BitConverter.GetBytes((int)LinkType.Ethernet));
            digest.AppendData(packet.Bytes);
        }

        return Convert.ToHexString(digest.GetHashAndReset());
    }

    /// <summary>Gives every packet of a capture to a consumer on the way.</summary>
    public static string Through(string path, IPacketConsumer? consumer)
    {
        using var nic = CaptureFileNic.Open(path);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Each(nic, consumer, bundle =>
        {
            foreach (ref readonly var packet in bundle.Packets) Add(digest, bundle, packet);
        });
        return Convert.ToHexString(digest.GetHashAndReset());
    }

    /// <summary>Gives every bundle of a capture to a consumer, as the pipeline does, and has the consumer complete.</summary>
    /// <param name="visit">What is done with each bundle before the consumer has it.</param>
    public static void Each(CaptureFileNic nic, IPacketConsumer? consumer, Action<PageBundle> visit)
    {
        var account = new PacketAccount("read", AccountKind.Consumer);
        var bundles = new BundlePool(64);
        var queue = nic.Queues[0];
        for (var status = ReceiveStatus.Received; status != ReceiveStatus.End;)
        {
            using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
            status = queue.Receive(bundle);
            if (bundle.IsEmpty) continue;
            visit(bundle);
            consumer?.Consume(new PacketBatch(bundle));
        }

        consumer?.Complete();
        Assert.Equal(default, account.Held);
        Assert.Equal(0, queue.Pool.Outstanding);
    }

    /// <summary>The link types of a capture's packets.</summary>
    public static IReadOnlySet<LinkType> LinkTypes(string path)
    {
        using var seen = new LinkTypesSeen();
        Through(path, seen);
        return seen.LinkTypes;
    }

    private sealed class LinkTypesSeen : IPacketConsumer
    {
        public HashSet<LinkType> LinkTypes { get; } = [];

        public void Consume(scoped PacketBatch batch) => LinkTypes.Add(batch.Interface.LinkType);

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Headers in the byte order of the host that captured are written in the order of the file.</summary>
    private static ReadOnlySpan<byte> AsWritten(NicInterface from, ReadOnlySpan<byte> packet)
    {
        if (!from.IsBigEndian || !HostOrderHeader.Has(from.LinkType)) return packet;
        var written = packet.ToArray();
        HostOrderHeader.Reverse(from.LinkType, written);
        return written;
    }

    private static void Add(IncrementalHash digest, PageBundle bundle, in Packet packet)
    {
        digest.AppendData(BitConverter.GetBytes(packet.TimestampNanoseconds));
        digest.AppendData(BitConverter.GetBytes(packet.CapturedLength));
        digest.AppendData(BitConverter.GetBytes(packet.WireLength));
        digest.AppendData(BitConverter.GetBytes((int)bundle.Interface.LinkType));
        digest.AppendData(AsWritten(bundle.Interface, bundle.BytesOf(packet)));
    }
}
