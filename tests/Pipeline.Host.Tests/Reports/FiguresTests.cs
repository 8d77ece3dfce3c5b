using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Xunit;

namespace Pipeline.Host.Tests.Reports;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(999.4, "999")]
    [InlineData(999.6, "1.00 k")]
    [InlineData(54321, "54.3 k")]
    [InlineData(999_600, "1.00 M")]
    [InlineData(1.5e18, "1500 P")]
    public void A_short_number_has_three_digits(double number, string text) => Assert.Equal(text, Figures.Short(number));

    [Theory]
    [InlineData(3_612_004, "3 612 004")]
    [InlineData(99_999_999, "99 999 999")]
    [InlineData(123_456_789, "123.5 M")]
    public void A_count_shows_all_digits_while_they_fit(long count, string text) => Assert.Equal(text, Figures.Count(count));

    [Theory]
    [InlineData(10, "80 bit/s")]
    [InlineData(105_875_000, "847 Mbit/s")]
    public void Bits_are_eight_to_a_byte(double bytes, string text) => Assert.Equal(text, Figures.Bits(new Rate(1, bytes)));

    [Theory]
    [InlineData(45e-6, "45 us")]
    [InlineData(0.0804, "80.4 ms")]
    [InlineData(2, "2 s")]
    public void A_time_has_a_unit_that_suits_it(double seconds, string text) => Assert.Equal(text, Figures.Time(seconds));
}
