using Pipeline.Host.Live;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Live;

public sealed class LiveViewTests
{
    public static IEnumerable<object[]> Sizes =>
        from width in new[] { 120, 99, 79, 59, 39 } from height in new[] { 10, 50 } from tab in Enumerable.Range(1, 6) select new object[] { width, height, tab };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void It_fits_every_screen_and_all_of_it_can_be_scrolled_to(int width, int height, int tab)
    {
        var state = new LiveState((LiveTab)tab);
        var all = Text(LiveView.Of(Sightings.Of(Sightings.View), state, width, int.MaxValue));
        var seen = new HashSet<string>();
        for (var more = true; more;)
        {
            var view = LiveView.Of(Sightings.Of(Sightings.View), state, width, height);
            var lines = Text(view);
            Assert.InRange(lines.Count, 1, height);
            Assert.All(lines, l => Assert.InRange(l.Length, 0, width));
            seen.UnionWith(lines);
            var next = state.After(new Key(KeyName.PageDown), view.Page, view.MostScroll);
            (more, state) = (next != state, next);
        }

        // Tables that find no room below each other are set beside each other.
        if (tab != 1 || width < 80) Assert.Subset(seen, all.ToHashSet());
    }

    [Theory]
    [InlineData(120)]
    [InlineData(99)]
    [InlineData(79)]
    [InlineData(59)]
    [InlineData(39)]
    public void No_loss_and_no_name_of_usual_length_is_ever_left_out(int width)
    {
        var text = string.Join('\n', Text(LiveView.Of(Sightings.Of(Sightings.View), new LiveState(), width, int.MaxValue)));

        foreach (var loss in new[] { "12 345 678", "76 543 210", "share-exceeded", "output-error", "ring-full", "no-page", "copies" })
            Assert.Contains(loss, text.Replace("\n  ", " "));
        foreach (var name in new[] { "capture", "flows-of-ever", "stack", "sim:3", "rule-6", "unmatched", "kept out", "capture (copy)" }) Assert.Contains(name, text);
    }

    [Theory]
    [InlineData(120, "kind state packets pkt/s bit/s queued p99 copies lost dropped")]
    [InlineData(99, "state packets pkt/s queued copies lost dropped")]
    [InlineData(79, "packets pkt/s dropped")]
    [InlineData(59, "pkt/s dropped")]
    [InlineData(39, "dropped")]
    public void Columns_drop_out_as_it_gets_narrower(int width, string columns)
    {
        var lines = Text(LiveView.Of(Sightings.Of(Sightings.View), new LiveState(LiveTab.Consumers), width, int.MaxValue));

        Assert.Contains(lines, l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)) == $"consumer {columns}");
    }

    [Fact]
    public void A_screen_of_80_by_24_has_every_part_at_once()
    {
        var lines = Text(LiveView.Of(Sightings.Of(Sightings.View with { Consumers = [.. Sightings.View.Consumers.Where(c => c.Name.Length < 10)] }), new LiveState(), 80, 23));

        foreach (var part in new[] { "sim:3", "rule-6", "unmatched", "capture (copy)", "stack" }) Assert.Contains(lines, l => l.Contains(part));
    }

    [Fact]
    public void Figures_of_a_server_that_does_not_answer_are_said_to_be_old_and_look_so()
    {
        var view = LiveView.Of(Sightings.Of(Sightings.View, TimeSpan.FromSeconds(4.2)), new LiveState(), 120, 50);

        Assert.Contains("The server does not answer for 4 s; these figures are old", Text(view));
        Assert.All(view.Lines.Skip(2).SelectMany(l => l.Pieces), p => Assert.Equal(Ink.Faint, p.Ink));
    }

    [Fact]
    public void A_display_that_is_paused_says_that_traffic_goes_on() =>
        Assert.Contains("Paused; traffic goes on", Text(LiveView.Of(Sightings.Of(Sightings.View), new LiveState(IsPaused: true), 80, 50)));

    [Fact]
    public void A_consumer_that_does_not_run_says_what_it_does_instead() =>
        Assert.Contains(Text(LiveView.Of(Sightings.Of(Sightings.View), new LiveState(), 120, 50)), l => l.StartsWith("stack ") && l.Contains("paused"));

    [Theory]
    [InlineData(nameof(LiveKey.Packets), false, "rule-6")]
    [InlineData(nameof(LiveKey.Packets), true, "rule-0")]
    [InlineData(nameof(LiveKey.Pipeline), false, "rule-0")]
    [InlineData(nameof(LiveKey.Name), true, "unmatched")]
    public void Rows_are_sorted_as_was_asked(string key, bool isReversed, string first)
    {
        var lines = Text(LiveView.Of(Sightings.Of(Sightings.View with { Unmatched = new(5, 5), Guards = [] }), new LiveState(LiveTab.Rules, new LiveOrder(Enum.Parse<LiveKey>(key), isReversed)), 120, 50));

        Assert.StartsWith(first, lines[lines.FindIndex(l => l.StartsWith("rule ")) + 1]);
    }

    [Fact]
    public void A_name_that_would_control_the_terminal_does_not() =>
        Assert.DoesNotContain(Text(LiveView.Of(Sightings.Of(Sightings.View with { Rules = [Sightings.Rule("\e[2Jx")] }), new LiveState(), 80, 50)), l => l.Contains('\e'));

    [Fact]
    public void Where_nothing_is_lost_one_line_says_so()
    {
        var view = Views.Of(new(10, 100), new(10, 100), default);

        Assert.Contains("nothing dropped, nothing lost by the device", Text(LiveView.Of(Sightings.Of(view), new LiveState(), 80, 50)));
    }

    [Fact]
    public void Help_names_every_key()
    {
        var text = string.Join('\n', Text(LiveView.Of(Sightings.Of(Sightings.View), new LiveState(HasHelp: true), 80, 50)));

        Assert.All(["PgUp", "6 losses", "s ", "r ", "p ", "h ?", "q "], key => Assert.Contains(key, text));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(160, 50)]
    public void A_run_shows_the_same_with_what_an_interrupt_does_in_the_last_line(int width, int height)
    {
        var lines = LiveDisplay.Lines(Sightings.View, new LiveSubject("sim", "http://127.0.0.1:8480"), width, height);

        Assert.InRange(lines.Count, 1, height);
        Assert.StartsWith("pipeline sim", lines[0].Text);
        Assert.StartsWith("Ctrl-C drains and reports   more at http://127.0.0.1:8480", lines[^1].Text);
    }

    private static List<string> Text(LiveView view) => [.. view.Lines.Select(l => l.Text.TrimEnd())];
}
