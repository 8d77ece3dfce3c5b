using CsCheck;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Nic.Tests.Diagnostics;

/// <summary>What others wrote may stand on a terminal, beside what we say ourselves.</summary>
public class QuotedTests
{
    [Theory]
    [InlineData("edge.rules")]
    [InlineData("Grüße, 日本語 😀 (x86)")]
    [InlineData("")]
    public void What_does_no_harm_is_shown_as_it_is(string text) => Assert.Equal(text, Quoted.Of(text));

    [Theory]
    [InlineData("\u001b[2J", "\uFFFD[2J")]
    [InlineData("a\u009b2Jb", "a\uFFFD2Jb")]
    [InlineData("a\r\nb\0\a\b\u007f", "a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("a\tb", "a b")]
    [InlineData("a\u2028b\u2029c\u0085d", "a\uFFFDb\uFFFDc\uFFFDd")]
    public void Escape_sequences_and_line_breaks_are_replaced(string text, string shown) => Assert.Equal(shown, Quoted.Of(text));

    /// <summary>All of Unicode's bidirectional controls, and characters that nobody sees.</summary>
    [Theory]
    [InlineData("\u061c\u200e\u200f")]
    [InlineData("\u202a\u202b\u202c\u202d\u202e")]
    [InlineData("\u2066\u2067\u2068\u2069")]
    [InlineData("\u200b\u200c\u200d\u2060\ufeff\u00ad")]
    [InlineData("\U000E0041\U000E007F")]
    public void What_turns_the_direction_or_hides_is_replaced(string text) => Assert.Equal(new string('\uFFFD', text.Length), Quoted.Of(text));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("a\uFFFDb\uFFFD", Quoted.Of("a\ud83db\ude00"));

    [Theory]
    [InlineData("12345678", "12345678")]
    [InlineData("123456789", "12345678...")]
    [InlineData("1234567\U0001F600", "1234567...")]
    [InlineData("\u001b[2J\u001b[2J!", "\uFFFD[2J\uFFFD[2J...")]
    public void A_long_text_is_cut_where_a_character_ends(string text, string shown) => Assert.Equal(shown, Quoted.Short(text, 8));

    [Fact]
    public void No_text_gets_longer_or_shorter_or_needs_it_twice() => Gen.Char.Array[0, 40].Sample(characters =>
    {
        var text = new string(characters);
        var shown = Quoted.Of(text);
        return shown.Length == text.Length && Quoted.Of(shown) == shown && !shown.Any(char.IsControl);
    });
}
