using Xunit;

namespace Pipeline.Nic.Tests.Compression;

/// <summary>Damage that a decoder must see at once, because what it would give in the meantime nobody recorded.</summary>
public sealed class DeflateDamageTests
{
    private static readonly byte[] Header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

    // Of the four codes of two bits the block has one, its end.
    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_code_that_is_not_complete_decodes_to_nothing(int mostAtOnce)
    {
        var unpacked = Unpacked.Of([.. Header, .. Convert.FromHexString("05c081000000004080ff6b00")], mostAtOnce);
        Assert.Equal(("the deflate data is corrupt: the code of a block is none", 0), (unpacked.Fault?.Message, unpacked.Bytes.Length));
    }

    // The one code that need not be complete (zlib's inftrees.c); its member has no bytes.
    [Fact]
    public void A_code_of_one_bit_may_be_alone()
    {
        var unpacked = Unpacked.Of([.. Header, .. Convert.FromHexString("05c081000000000090ff6b00"), .. new byte[8]]);
        Assert.Equal((null, 0), (unpacked.Fault?.Message, unpacked.Bytes.Length));
    }

    [Fact]
    public void A_match_must_not_point_back_into_the_member_before()
    {
        byte[] before = [.. "before"u8], match = [0x03, 0x02, 0x00, 0x00];
        var unpacked = Unpacked.Of([.. Packed.Gzip(before), .. Header, .. match]);
        Assert.Equal("the deflate data is corrupt: a match points 1 bytes back, and there are 0", unpacked.Fault?.Message);
        Assert.Equal(before, unpacked.Bytes);
    }
}
