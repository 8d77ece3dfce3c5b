using CsCheck;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Nic.Tests.Diagnostics;

public sealed class SourceTextTests
{
    [Fact]
    public void Every_position_is_where_its_line_and_column_say() =>
        (from text in Gen.String[Gen.Char["ab\r\n"], 0, 30] from offset in Gen.Int[0, text.Length] select (text, offset)).Sample(at =>
        {
            var source = new SourceText("t", at.text);
            var (line, column) = source.PositionOf(at.offset);

            Assert.Equal(at.offset, source.OffsetOf(line, column));
        });

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(-5, -5, 0)]
    [InlineData(2, 2, 5)]
    [InlineData(2, int.MinValue, 4)]
    [InlineData(2, int.MaxValue, 7)]
    [InlineData(int.MaxValue, 1, 4)]
    public void A_place_that_is_not_there_is_the_nearest_that_is(int line, int column, int offset) =>
        Assert.Equal(offset, new SourceText("t", "one\ntwo").OffsetOf(line, column));
}
