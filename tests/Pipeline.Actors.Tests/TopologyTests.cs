using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests;

public class TopologyTests
{
    [Fact]
    public void A_live_source_has_small_bundles() => Assert.Equal(64, BundlePackets(SourceTraits.Live));

    [Fact]
    public void A_source_that_is_read_as_fast_as_can_be_has_large_bundles() => Assert.Equal(256, BundlePackets(SourceTraits.Capture));

    [Fact]
    public void A_capture_in_its_own_time_has_small_bundles() => Assert.Equal(64, BundlePackets(SourceTraits.Capture with { IsUnhurried = false }));

    [Fact]
    public void What_is_configured_goes_before_any_default() => Assert.Equal(17, BundlePackets(SourceTraits.Capture, new BundleOptions { Packets = 17 }));

    private static int BundlePackets(SourceTraits traits, BundleOptions? bundle = null)
    {
        using var nic = new FakeNic(1) { Traits = traits };
        var options = new PipelineOptions { Bundle = bundle ?? new BundleOptions() };
        var topology = Topology.Build(new PipelineSetup { Options = options, Nic = nic }, MarkTable.Compile(RuleSet.Empty));

        var (queue, router) = Assert.Single(topology.Queues);
        Assert.Equal(queue.Bundles.BundlePackets, router.Bundles.BundlePackets);
        return queue.Bundles.BundlePackets;
    }
}
