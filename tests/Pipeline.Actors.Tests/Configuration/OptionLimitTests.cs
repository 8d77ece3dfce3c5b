using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>Options that code made have the limits that configurations have.</summary>
public class OptionLimitTests
{
    private static readonly ConsumerOptions Handler = new() { Name = "h", Kind = ConsumerKind.Bypass, Handler = "count" };

    [Fact]
    public void Options_that_nobody_changed_are_right() => Assert.Empty(Problems(
    [
        .. new BundleOptions().Check(), .. new RouteOptions { To = "h" }.Check(), .. Handler.Check(), .. new RotateOptions { FileBytes = 1024 }.Check(),
        .. new PoolOptions().Check(), .. new SimulatedOptions().Check(),
    ]));

    [Fact]
    public void A_bundle_has_1_to_1024_packets_and_waits_a_second_at_most() => Assert.Equal(
        ["packets: 0 packets to a bundle; expected 1 to 1024", "packets: 1025 packets to a bundle; expected 1 to 1024", "latency: a packet may wait 2 s; expected 0 to 1 s"],
        Problems([.. new BundleOptions { Packets = 0 }.Check(), .. new BundleOptions { Packets = 1025 }.Check(), .. new BundleOptions { Latency = TimeSpan.FromSeconds(2) }.Check()]));

    [Fact]
    public void A_group_has_1_to_64_instances() => Assert.Equal(
        ["instances: 0 instances; expected 1 to 64", "instances: 65 instances; expected 1 to 64"],
        Problems([.. (Handler with { Instances = 0 }).Check(), .. (Handler with { Instances = 65 }).Check()]));

    [Fact]
    public void Instances_do_not_write_one_file() =>
        Assert.Equal(["instances: 2 instances would write the same file; expected 1"], Problems((Handler with { Kind = ConsumerKind.AfPacket, Write = "x", Instances = 2 }).Check()));

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_share_is_a_part(double share) => Assert.StartsWith("share: ", Assert.Single(Problems(new RouteOptions { To = "h", Share = share }.Check())));

    [Fact]
    public void A_pool_fits_into_32_bits() =>
        Assert.Equal(["pages: a pool of 4 pages of 1 GiB is 4 GiB; expected less than 4 GiB"], Problems(new PoolOptions { PageBytes = 1 << 30, Pages = 4 }.Check()));

    [Fact]
    public void A_simulated_NIC_has_as_many_queues_as_a_device_can_have() =>
        Assert.Equal(["vfs: 260 queues in all; expected at most 256, those of virtual functions included"], Problems(new SimulatedOptions { Queues = 4, Vfs = 2, VfQueues = 128 }.Check()));

    private static IEnumerable<string> Problems(IEnumerable<OptionProblem> problems) => problems.Select(p => $"{p.Key}: {p.Message}");
}
