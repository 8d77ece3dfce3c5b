using System.Runtime.CompilerServices;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

public class PacketTests
{
    [Fact]
    public void A_descriptor_takes_half_a_cache_line() => Assert.Equal(32, Unsafe.SizeOf<Packet>());

    [Fact]
    public void Writing_a_descriptor_leaves_nothing_of_the_old_one()
    {
        Packet[] place = [new Packet { TimestampNanoseconds = -1, Offset = 1, CapturedLength = 2, WireLength = 3, Mark = 4, FlowHash = 5, Rule = 6, Flags = PacketFlags.Selected }];

        Packet.Write(out place[0], -2, 0xfedcba98, 0x12345678, uint.MaxValue);

        Assert.Equal(new Packet { TimestampNanoseconds = -2, Offset = 0xfedcba98, CapturedLength = 0x12345678, WireLength = uint.MaxValue }, place[0]);
    }
}
