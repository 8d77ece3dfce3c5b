using Pipeline.Host.Live;
using Xunit;

namespace Pipeline.Host.Tests.Live;

public sealed class AnsiTextTests
{
    private static readonly ScreenLine[] Lines = [new(new Piece("a", Ink.Bad), new Piece("b")), ScreenLine.Of("c")];

    [Fact]
    public void A_screen_is_painted_from_its_first_line_and_what_was_below_it_is_erased() =>
        Assert.Equal("\e[?2026h\e[H\e[2K\e[31ma\e[0mb\r\n\e[2Kc\e[J\e[?2026l", AnsiText.Screen(Lines, hasColours: true));

    [Fact]
    public void Without_colours_only_places_are_sent() =>
        Assert.Equal("\e[?2026h\e[H\e[2Kab\r\n\e[2Kc\e[J\e[?2026l", AnsiText.Screen(Lines, hasColours: false));

    [Fact]
    public void Nothing_is_left_out_of_a_line_that_is_wrapped()
    {
        var lines = ScreenLine.Wrap([new("one two"), new("three"), new("a-word-that-is-longer-than-a-line")], 12).Select(l => l.Text).ToList();

        Assert.All(lines, l => Assert.InRange(l.Length, 1, 12));
        Assert.Equal("onetwothreea-word-that-is-longer-than-a-line", string.Concat(lines).Replace(" ", ""));
    }

    [Theory]
    [InlineData(5, "ab...")]
    [InlineData(2, "..")]
    [InlineData(8, "abcdefgh")]
    public void A_line_that_is_cut_says_so(int width, string text) => Assert.Equal(text, new ScreenLine(new Piece("abc", Ink.Bad), new Piece("defgh")).Cut(width).Text);
}
