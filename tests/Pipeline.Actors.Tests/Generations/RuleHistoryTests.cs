using Pipeline.Actors.Generations;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

public sealed class RuleHistoryTests
{
    [Fact]
    public void The_last_hundred_generations_are_kept()
    {
        var history = new RuleHistory(Entry(1));

        for (var n = 2; n <= 250; n++) history = history.Add(Entry(n));

        Assert.Equal(Enumerable.Range(151, 100), history.All.Select(g => g.Number));
    }

    [Fact]
    public void Long_texts_leave_room_for_fewer()
    {
        var history = new RuleHistory(Entry(1, characters: 400), mostCharacters: 1000);

        for (var n = 2; n <= 5; n++) history = history.Add(Entry(n, characters: 400));

        Assert.Equal([4, 5], history.All.Select(g => g.Number));
    }

    [Fact]
    public void The_one_in_force_is_kept_however_long()
    {
        var history = new RuleHistory(Entry(1, characters: 400), mostCharacters: 1000);

        history = history.Add(Entry(2, characters: 5000));

        Assert.Equal([2], history.All.Select(g => g.Number));
    }

    [Fact]
    public void What_would_be_rolled_back_to_is_kept_until_another_is_confirmed()
    {
        var history = new RuleHistory(Entry(1));
        for (var n = 2; n <= 250; n++) history = history.Add(Entry(n, confirm: true));
        Assert.Equal((1, 1), (history.Confirmed.Number, history.All[0].Number));

        history = history.Confirm();

        Assert.Equal((250, null), (history.Confirmed.Number, history.Current.ConfirmBy));
    }

    [Fact]
    public void What_a_node_ran_before_it_took_over_a_clusters_rules_is_forgotten_once_those_need_no_confirmation()
    {
        var history = new RuleHistory(Entry(1)).Add(Entry(7, confirm: true) with { IsAgreed = true });
        Assert.Equal(1, history.Confirmed.Number);
        Assert.Equal([1, 7], history.All.Select(g => g.Number));

        var confirmed = history.Replace(history.Current with { ConfirmBy = null });
        var replaced = history.Add(Entry(8) with { IsAgreed = true });

        Assert.Equal([7], confirmed.All.Select(g => g.Number));
        Assert.Equal([7, 8], replaced.All.Select(g => g.Number));
    }

    [Fact]
    public void What_a_node_put_in_force_alone_takes_no_rules_of_the_cluster_out_of_its_history()
    {
        var history = new RuleHistory(Entry(1) with { IsAgreed = true }).Add(Entry(2)).Add(Entry(3) with { IsAgreed = true });

        Assert.Equal([1, 3], history.All.Select(g => g.Number));
    }

    private static RuleGeneration Entry(int number, int characters = 3, bool confirm = false) => new()
    {
        Number = number,
        At = DateTimeOffset.UnixEpoch,
        Who = "test",
        Source = "test.rules",
        Text = new string('#', characters),
        Rules = 0,
        ConfirmBy = confirm ? DateTimeOffset.MaxValue : null,
    };
}
