using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Nic.Tests.Diagnostics;

public class NearestTests
{
    [Theory]
    [InlineData("math", "match")]
    [InlineData("amrk", "mark")]
    [InlineData("Filtre", "filter")]
    [InlineData("read_token", "read-token")]
    [InlineData("t", "to")]
    public void A_word_with_a_slip_in_it_is_recognised(string written, string meant) =>
        Assert.Equal(meant, Nearest.Of(written, ["match", "mark", "filter", "read-token", "to"]));

    [Theory]
    [InlineData("zzzzz")]
    [InlineData("")]
    [InlineData("xy")]
    public void Of_a_word_that_is_far_from_all_nothing_is_guessed(string written) => Assert.Null(Nearest.Of(written, ["match", "mark", "filter"]));

    [Fact]
    public void Two_neighbours_swapped_are_one_slip() => Assert.Equal("to", Nearest.Of("ot", ["to"]));

    [Fact]
    public void A_word_without_end_is_not_compared() => Assert.Null(Nearest.Of(new string('a', 1 << 20), ["a"]));
}
