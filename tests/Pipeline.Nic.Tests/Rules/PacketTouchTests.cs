using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public class PacketTouchTests
{
    [Fact]
    public void It_reads_the_word_of_every_packet_that_has_it()
    {
        using var test = new TestBundle(LinkType.Ethernet, [0, 0, 1, 0, 0, 0], [0, 0, 2, 0, 0, 0, 9], [0, 0, 4, 0, 0]);
        Assert.Equal(3, new PacketTouch(2).Touch(test.Bundle));
    }
}
