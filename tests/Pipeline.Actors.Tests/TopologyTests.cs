using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests;

public class TopologyTests
{
    [Fact]
    public void A_live_source_has_small_bundles() => Assert.Equal(64, BundlePackets(new SourceOptions()));

    [Fact]
    public void A_capture_that_is_read_as_fast_as_can_be_has_large_bundles() => Assert.Equal(256, BundlePackets(new SourceOptions { File = "x.pcap" }));

    [Fact]
    public void A_capture_in_its_own_time_has_small_bundles() => Assert.Equal(64, BundlePackets(new SourceOptions { File = "x.pcap", ReplaySpeed = 1 }));

    [Fact]
    public void What_is_configured_goes_before_any_default() =>
        Assert.Equal(17, BundlePackets(new SourceOptions { File = "x.pcap" }, new BundleOptions { Packets = 17 }));

    private static int BundlePackets(SourceOptions source, BundleOptions? bundle = null)
    {
        using var nic = new FakeNic(1);
        var options = new PipelineOptions { Source = source, Bundle = bundle ?? new BundleOptions() };
        var topology = Topology.Build(new PipelineSetup { Options = options, Nic = nic }, MarkTable.Compile(RuleSet.Empty));

        var (queue, router) = Assert.Single(topology.Queues);
        Assert.Equal(queue.Bundles.BundlePackets, router.Bundles.BundlePackets);
        return queue.Bundles.BundlePackets;
    }
}
