using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class CountAndDiscardTests
{
    [Fact]
    public void Count_counts_packets_and_captured_bytes()
    {
        using var feed = new PacketFeed();
        using var consumer = new CountConsumer();
        feed.Give(consumer, PacketFeed.Sized(60), PacketFeed.Sized(100) with { WireLength = 1500 });
        Assert.Equal(new PacketTally(2, 160), consumer.Counted);
    }

    [Fact]
    public void What_is_discarded_was_delivered()
    {
        using var feed = new PacketFeed();
        using var consumer = new DiscardConsumer();
        feed.Give(consumer, PacketFeed.Sized(60));
        Assert.Equal(new PacketTally(1, 60), feed.Delivered);
    }
}
