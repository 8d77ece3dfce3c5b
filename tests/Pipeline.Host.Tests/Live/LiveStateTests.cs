using Pipeline.Host.Live;
using Xunit;

namespace Pipeline.Host.Tests.Live;

public sealed class LiveStateTests
{
    [Theory]
    [InlineData("\e[B\e[B\e[A", 1)]
    [InlineData("jjk", 1)]
    [InlineData("\e[A", 0)]
    [InlineData("\e[6~", 9)]
    [InlineData(" \e[5~\e[B", 1)]
    [InlineData("\e[F", 30)]
    [InlineData("\eOF\e[B", 30)]
    [InlineData("\e[F\e[H", 0)]
    [InlineData("\e[4~\e[5~", 21)]
    [InlineData("\e[8~\e[1~", 0)]
    public void Keys_scroll_within_what_there_is(string keys, int scroll) => Assert.Equal(new LiveState(Scroll: scroll), After(keys));

    [Theory]
    [InlineData("q")]
    [InlineData("\u0003")]
    [InlineData("hq")]
    public void It_is_quit(string keys) => Assert.True(After(keys).IsOver);

    [Theory]
    [InlineData("h")]
    [InlineData("?")]
    public void Help_comes_and_any_other_key_leaves_it(string key)
    {
        Assert.True(After(key).HasHelp);
        Assert.True(After(key + "\e[B").HasHelp);
        Assert.Equal(new LiveState(), After(key + "p"));
        Assert.Equal(new LiveState(), After(key + "\e"));
    }

    [Fact]
    public void Digits_choose_a_table_and_begin_at_its_top() => Assert.Equal(new LiveState(LiveTab.Rules), After("\e[F3"));

    [Fact]
    public void Sorting_goes_round_and_is_reversed()
    {
        Assert.Equal(new LiveOrder(LiveKey.Rate, IsReversed: true), After("sssr").Order);
        Assert.Equal(default, After("sssrss").Order);
    }

    [Fact]
    public void A_pause_ends_with_the_same_key()
    {
        Assert.True(After("p").IsPaused);
        Assert.False(After("pp").IsPaused);
    }

    [Theory]
    [InlineData("\e[1;5Q")]
    [InlineData("\eOP")]
    [InlineData("\e[24~")]
    [InlineData("\e[200")]
    [InlineData("\ep")]
    [InlineData("xyzö7")]
    public void What_has_no_meaning_changes_nothing(string keys) => Assert.Equal(new LiveState(), After(keys));

    private static LiveState After(string keys) =>
        Key.Read(System.Text.Encoding.UTF8.GetBytes(keys)).Aggregate(new LiveState(), (state, key) => state.After(key, page: 10, most: 30));
}
