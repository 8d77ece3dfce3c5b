using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Queues;

/// <summary>What a source is like is the device's to say, so that the way in which it was opened makes no difference.</summary>
public sealed class SourceTraitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SourceTraitsTests() => File.WriteAllBytes(_folder["a.pcap"], new CaptureBytes().PcapHeader().PcapRecord(1, 0, []).ToArray());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_capture_waits_for_a_slow_consumer_whether_it_was_named_or_opened_in_code()
    {
        var named = Plan(p => p.ReadCapture("a.pcap"));
        var opened = Plan(p => p.ReceiveFrom(_ => CaptureFileNic.Open(_folder["a.pcap"])));

        Assert.Equal((Overload.Wait, BundleOptions.UnhurriedPackets), named);
        Assert.Equal(named, opened);
    }

    [Fact]
    public void A_replay_may_wait_too_and_fills_no_large_bundles() =>
        Assert.Equal((Overload.Wait, BundleOptions.LivePackets), Plan(p => p.ReceiveFrom(_ => new TimedReplayNic(CaptureFileNic.Open(_folder["a.pcap"]), 1, TimeProvider.System))));

    [Theory]
    [InlineData(false, Overload.Wait)]
    [InlineData(true, Overload.DropNew)]
    public void A_simulated_wire_may_wait_while_its_clock_is_a_virtual_one(bool isFreeRunning, Overload expected) =>
        Assert.Equal(expected, Plan(p => p.ReceiveFrom(_ => SimulatedNic.Open(new SimulatedOptions { FreeRunning = isFreeRunning }))).Overload);

    [Fact]
    public void A_device_that_says_nothing_of_itself_is_a_wire_that_waits_for_nobody() =>
        Assert.Equal((Overload.DropNew, BundleOptions.LivePackets), Plan(p => p.ReceiveFrom(_ => new FakeNic(0))));

    /// <summary>What the routes do about a slow consumer, and packets to a bundle.</summary>
    private (Overload Overload, int BundlePackets) Plan(Func<PipelineBuilder, PipelineBuilder> from)
    {
        var setup = from(new PipelineBuilder { Folder = _folder.FullName }).Handler<CountConsumer>("all").Route("all").Build();
        using var nic = setup.Nic;
        var topology = Topology.Build(setup, MarkTable.Compile(setup.Rules, setup.Guards));
        var (queue, router) = topology.Queues[0];
        return (router.Scatter.Lanes[0].Overload, queue.Bundles.BundlePackets);
    }
}
