using Pipeline.TestSupport;
using Xunit;
using static Pipeline.Nic.Tests.Consumers.CommentedCapture;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>What a pcapng capture says an interface has received and lost is in a copy of it.</summary>
public sealed class InterfaceStatisticsTests
{
    [Fact]
    public void What_an_interface_of_a_file_received_and_lost_is_not_known()
    {
        using var copy = Copy(new CaptureBytes().Section().Interface().Enhanced(0, Time, Data));
        Assert.Equal([(8, "0100000000000000")], copy.Blocks.Single(b => b.Type == WrittenBlock.Statistics).Options);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_file_says_of_it_is_handed_on_with_times_in_nanoseconds(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        var start = c.Option(2, new CaptureBytes(bigEndian).U32((uint)(Time >> 32)).U32(unchecked((uint)Time)).ToArray());
        byte[] said = [.. start, .. c.LongOption(4, 100), .. c.LongOption(5, 7), .. c.LongOption(7, 2), .. c.LongOption(8, 99), .. End];
        using var copy = Copy(c.Section().Interface().Interface().Enhanced(1, Time, Data).Statistics(1, Time + 5, said));
        var statistics = copy.Blocks.Single(b => b.Type == WrittenBlock.Statistics);
        var ticks = BitConverter.GetBytes(Time * 1000);
        Assert.Equal((0u, (Time + 5) * 1000), (statistics.InterfaceIndex, statistics.Ticks));
        Assert.Equal(
            [(2, Convert.ToHexStringLower([.. ticks[4..], .. ticks[..4]])), (4, "6400000000000000"), (5, "0700000000000000"), (7, "0200000000000000"), (8, "0100000000000000")],
            statistics.Options);
    }
}
