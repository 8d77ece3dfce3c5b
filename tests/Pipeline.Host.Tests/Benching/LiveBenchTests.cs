using Pipeline.Host.Benching;
using Pipeline.Nic.Devices;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Benching;

public sealed class LiveBenchTests
{
    [TheoryThatNeeds(Need.Root)]
    [InlineData("afpacket")]
    [InlineData("afxdp")]
    public async Task It_reads_what_is_sent_to_the_interface_and_tells_what_that_cost(string backend)
    {
        using var wire = new VethWire();
        using var enough = new CancellationTokenSource();
        var bench = new LiveBench(new SourceOptions { Interface = wire.Near, Backend = backend });
        var running = Task.Factory.StartNew(
            () => bench.Run(TimeSpan.FromSeconds(2), null, enough.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var sent = 0;
        for (; !running.IsCompleted; sent++) wire.Send(new byte[60]);

        var reader = Assert.Single(await running);
        Assert.InRange(reader.Received.Packets, 1, sent);
        Assert.Equal(reader.Received.Packets * 60, reader.Received.Bytes);
        Assert.True(reader.Cpu > TimeSpan.Zero && reader.BundleCount > 0);
    }
}
