using Pipeline.Host.Reports;
using Xunit;

namespace Pipeline.Host.Tests.Reports;

public sealed class ProgressTests
{
    private const long MebiByte = 1 << 20;

    [Fact]
    public void A_file_shows_percent_packets_and_speed() =>
        Assert.Equal("81 %  1 204 311 packets  412 MiB/s", new Progress(824 * MebiByte, 1017 * MebiByte, 1_204_311, TimeSpan.FromSeconds(2)).ToString());

    [Fact]
    public void A_pipe_shows_what_came_through() =>
        Assert.Equal("50 MiB  7 packets  10 MiB/s", new Progress(50 * MebiByte, null, 7, TimeSpan.FromSeconds(5)).ToString());

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 10, 0.0)]
    [InlineData(10, 10, 1.0)]
    [InlineData(12, 10, 1.0)]
    public void A_fraction_lies_between_none_and_all(long read, long total, double? expected) =>
        Assert.Equal(expected, new Progress(read, total, 0, TimeSpan.Zero).Fraction);

    [Fact]
    public void At_the_very_start_there_is_no_speed() => Assert.EndsWith("0 MiB/s", new Progress(1, 1, 0, TimeSpan.Zero).ToString());
}
