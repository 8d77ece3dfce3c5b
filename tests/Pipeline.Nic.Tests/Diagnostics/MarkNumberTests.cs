using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Nic.Tests.Diagnostics;

public class MarkNumberTests
{
    [Theory]
    [InlineData("16", 16)]
    [InlineData("0x10", 16)]
    [InlineData("0XfF", 255)]
    [InlineData("4294967295", 4294967295)]
    [InlineData("0xffffffff", 4294967295)]
    public void Decimal_and_hexadecimal_numbers_of_32_bits_are_marks(string text, uint mark)
    {
        Assert.True(MarkNumber.TryParse(text, out var read));
        Assert.Equal(mark, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData(" 1")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1a")]
    [InlineData("0x 1")]
    [InlineData("4294967296")]
    [InlineData("0x100000000")]
    public void Anything_else_is_none(string text) => Assert.False(MarkNumber.TryParse(text, out _));

    [Theory]
    [InlineData(0x20, 0xffffffff, "0x20")]
    [InlineData(0x20, 0xf0, "0x20/0xf0")]
    [InlineData(0, 0, "0x0/0x0")]
    public void A_mark_is_written_with_its_mask_where_that_leaves_bits_out(uint mark, uint mask, string text) => Assert.Equal(text, MarkNumber.Text(mark, mask));
}
