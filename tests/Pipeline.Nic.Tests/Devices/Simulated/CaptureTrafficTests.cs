using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

public sealed class CaptureTrafficTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TheoryThatNeeds(Need.Corpus)]
    [InlineData("conv__to-pcapng.pcapng")]
    [InlineData("conv__bigendian-us.pcap")]
    [InlineData("conv__snap64.pcap")]
    public void A_capture_is_on_the_wire_as_it_is(string file)
    {
        var expected = new List<string>();
        CapturePackets.Visit(file, (bundle, _) =>
        {
            foreach (var packet in bundle.Packets) expected.Add($"{packet.TimestampNanoseconds} {packet.WireLength} {bundle.Interface.LinkType} {Convert.ToHexString(bundle.BytesOf(packet))}");
        });

        using var run = SimulatedRun.ToEnd(new SimulatedOptions { Capture = Corpus.CapturePath(file) });

        Assert.Equal(expected.Order(), run.Packets.Select(p => $"{p.Time} {p.Descriptor.WireLength} {p.Interface.LinkType} {Convert.ToHexString(p.Bytes)}").Order());
    }

    [FactThatNeeds(Need.Corpus)]
    public void More_packets_than_it_has_start_it_anew_later()
    {
        using var run = SimulatedRun.ToEnd(new SimulatedOptions { Queues = 1, Capture = Corpus.CapturePath("conv__to-pcapng.pcapng"), Packets = 250 });

        Assert.Equal(250, run.Packets.Count);
        Assert.Equal(run.Packets[0].Digest, run.Packets[99].Digest);
        Assert.True(run.Packets[99].Time > run.Packets[98].Time);
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_capture_that_breaks_off_gives_what_came_before_and_then_the_fault()
    {
        var whole = File.ReadAllBytes(Corpus.CapturePath("conv__to-pcapng.pcapng"));
        File.WriteAllBytes(_folder["cut.pcapng"], whole[..^400]);
        using var run = new SimulatedRun(new SimulatedOptions { Queues = 1, Capture = _folder["cut.pcapng"] });

        Assert.Throws<CaptureFormatException>(() => run.Drain(new Random(1), 0));

        Assert.InRange(run.Received, 90, 98);
    }

    [Fact]
    public void A_capture_without_a_packet_is_refused()
    {
        File.WriteAllBytes(_folder["empty.pcap"], Convert.FromHexString("d4c3b2a1020004000000000000000000ffff000001000000"));

        Assert.Contains("no packet", Assert.Throws<IOException>(() => SimulatedNic.Open(new SimulatedOptions { Capture = _folder["empty.pcap"] })).Message);
    }
}
