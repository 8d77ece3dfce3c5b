using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Devices;
using Xunit;

namespace Pipeline.Actors.Tests.Queues;

public sealed class RestSpecs
{
    [Theory]
    [InlineData(50, 50)]
    [InlineData(5000, 100)]
    [InlineData(0, 0)]
    public async Task A_queues_thread_rests_as_long_as_a_packet_may_wait_and_no_longer_than_a_ring_holds(int latency, int expected)
    {
        var (nic, rest) = (new FakeNic(8), TimeSpan.MinValue);
        nic[0].Receiving = _ => rest = DescriptorSet.OfThisThread!.Rest;
        var setup = Runs.Setup(nic, []);

        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Bundle = new BundleOptions { Latency = TimeSpan.FromMicroseconds(latency) } } });

        await Runs.ToEnd(run, nic);
        Assert.Equal(TimeSpan.FromMicroseconds(expected), rest);
    }
}
