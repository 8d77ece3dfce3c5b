using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

public sealed class CaptureFileContractTests : NicQueueContract
{
    private protected override DeviceUnderTest Open(IReadOnlyList<byte[]> packets) => new OpenCapture(packets, path => CaptureFileNic.Open(path, pageBytes: 4096, pages: 4));

    [Fact]
    public void A_fault_is_told_when_every_packet_before_it_has_been_received_and_again()
    {
        var packets = Packets(50);
        using var device = new OpenCapture(packets, path => CaptureFileNic.Open(path, pageBytes: 4096, pages: 4), cutOff: 1);
        using var reader = new QueueReader(device.Queue);

        Assert.Throws<CaptureFormatException>(() => reader.ReceiveUntil(() => false));

        Assert.Equal(packets[..49], reader.Packets);
        Assert.Throws<CaptureFormatException>(() => reader.Receive());
    }
}

/// <summary>A capture file on its way through a device.</summary>
internal sealed class OpenCapture : DeviceUnderTest
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="cutOff">Bytes missing at the file's end.</param>
    public OpenCapture(IReadOnlyList<byte[]> packets, Func<string, INic> open, int cutOff = 0)
    {
        var capture = new CaptureBytes().PcapHeader();
        for (var i = 0; i < packets.Count; i++) capture.PcapRecord((uint)i / 1000, (uint)i % 1000, packets[i]);
        File.WriteAllBytes(_folder["a.pcap"], capture.ToArray()[..^cutOff]);
        Nic = open(_folder["a.pcap"]);
    }

    public override INic Nic { get; }

    public override void Dispose()
    {
        Nic.Dispose();
        _folder.Dispose();
    }
}
