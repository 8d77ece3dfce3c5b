using Pipeline.Actors.Generations;
using Xunit;
using Texts = Pipeline.Actors.Cluster.Rules.RuleTexts;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>The texts that a node can give to others.</summary>
public sealed class TextsOfRulesTests
{
    private readonly Texts _texts = new();

    [Fact]
    public void Those_that_came_last_are_kept()
    {
        for (var i = 0; i <= RuleHistory.MostGenerations; i++) _texts.Add($"{i}");

        Assert.Null(_texts.Find(Texts.HashOf("0")));
        Assert.Equal(("1", "100"), (_texts.Find(Texts.HashOf("1")), _texts.Find(Texts.HashOf("100"))));
    }

    [Fact]
    public void However_many_come_those_that_somebody_else_keeps_are_found()
    {
        _texts.Beside(() => ["in force", "to go back to"]);
        _texts.Add("in force");

        for (var i = 0; i <= RuleHistory.MostGenerations; i++) _texts.Add($"{i}");

        Assert.Equal("in force", _texts.Find(Texts.HashOf("in force")));
        Assert.Equal("to go back to"u8.ToArray(), _texts.BytesOf(Texts.HashOf("to go back to")));
        Assert.Null(_texts.BytesOf(Texts.HashOf("unknown")));
    }
}
