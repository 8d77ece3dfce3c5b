using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>Nodes with rules of their own.</summary>
public class RuleNodes : IAsyncLifetime
{
    internal Nodes Nodes { get; } = new();

    internal Dictionary<int, FakeRules> Rules { get; } = [];

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Nodes.DisposeAsync();

    internal FakeRules Start(int number, FakeRules rules, params ClusterRole[] roles)
    {
        Nodes.Start(number, roles).Rules.Attach(rules);
        return Rules[number] = rules;
    }

    internal Task<RuleChange> Apply(int number, string text, int? expected = null, TimeSpan? confirm = null) =>
        Nodes[number].Rules.Ask(new RuleProtocol.Apply("new.rules", text, $"n{number}", expected, confirm), default);

    /// <summary>Waits until a node runs rules that are as they should be.</summary>
    internal async Task<RuleGeneration> UntilRuns(int number, Func<RuleGeneration, bool> isIt)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        for (; ; await Task.Delay(20))
        {
            var runs = Rules[number].History[^1];
            if (isIt(runs)) return runs;
            if (DateTime.UtcNow > end) throw new TimeoutException($"n{number} runs generation {runs.Number}, {runs.Text[..Math.Min(60, runs.Text.Length)]}; said: {string.Join("; ", Nodes.Said)}");
        }
    }

    internal Task UntilAuthority(int number, string? name) => Nodes.Until(number, v => v.RuleAuthority == name);
}

/// <summary>Three nodes that began with the same rules, one of them a witness.</summary>
public sealed class ThreeRuleNodes : RuleNodes
{
    public override async Task InitializeAsync()
    {
        Start(1, new FakeRules("first"));
        Start(2, new FakeRules("first"));
        Start(3, new FakeRules("first"), ClusterRole.Witness);
        for (var number = 1; number <= 3; number++)
        {
            await Nodes.UntilUp(number, "n1", "n2", "n3");
            await Nodes.Until(number, v => v.RuleAuthority is not null && v.Members.All(m => m.Generation == 1));
        }
    }

    /// <summary>A fourth node comes and goes again.</summary>
    internal async Task Visit(FakeRules rules, Func<Task> meanwhile)
    {
        Start(4, rules);
        await meanwhile();
        Rules.Remove(4);
        await Nodes[4].DisposeAsync();
        for (var number = 1; number <= 3; number++) await Nodes.UntilUp(number, "n1", "n2", "n3");
    }
}
