using System.Text;
using Pipeline.Actors;
using Pipeline.Actors.Cluster.Rules;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Cluster.Tests;

/// <summary>The rules of a node's pipeline, without the pipeline. A text that begins with "bad" has an error.</summary>
internal sealed class FakeRules : IClusterRules
{
    private readonly Lock _gate = new();
    private readonly List<RuleGeneration> _history;

    public FakeRules(string startup, int number = 1, bool isAgreed = false) =>
        _history = [new() { Number = number, At = DateTimeOffset.UnixEpoch, Who = "start", Source = "startup.rules", Text = startup, Rules = 1, IsAgreed = isAgreed }];

    public IReadOnlyList<RuleGeneration> History
    {
        get
        {
            lock (_gate) return [.. _history];
        }
    }

    /// <summary>Sees every request to put something in force before it is; it may wait.</summary>
    public Func<RuleGeneration, Task> Following { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called before an unconfirmed generation is rolled back without an authority; it may throw.</summary>
    public Func<Task> RollingBack { get; set; } = () => Task.CompletedTask;

    public Task<RuleCheck> Check(string text, string source)
    {
        var isBad = text.StartsWith("bad", StringComparison.Ordinal);
        return Task.FromResult(new RuleCheck(
            isBad ? null : RuleSet.Empty, isBad ? [Diagnostic.Error(new SourceText(source, text), default, "it is bad")] : [], RuleSetDelta.None));
    }

    public async Task<RuleChange> Follow(RuleGeneration generation)
    {
        await Following(generation);
        lock (_gate)
        {
            var current = _history[^1];
            if (generation.Number < current.Number || (generation.Number == current.Number && generation.Text != current.Text)) return Of(RuleOutcome.Conflict);
            if (generation.Number == current.Number) _history[^1] = generation;
            else _history.Add(generation);
            return Of(generation.Number == current.Number ? RuleOutcome.Unchanged : RuleOutcome.Applied);
        }
    }

    public async Task<RuleChange> RollBackUnconfirmed(int generation, RuleGeneration? to)
    {
        await RollingBack();
        lock (_gate)
        {
            if (_history[^1].Number != generation || _history[^1].ConfirmBy is null) return Of(RuleOutcome.Conflict);
            _history.Add(to ?? _history.FindLast(g => g.ConfirmBy is null)! with { Number = generation + 1, IsAgreed = false });
            return Of(RuleOutcome.Applied);
        }
    }

    /// <summary>A rule file of so many rules, about 60 bytes each.</summary>
    public static string Long(int rules)
    {
        var text = new StringBuilder();
        for (var i = 0; i < rules; i++) text.Append($"rule{i:d6} mark {i % 65536} ip src 10.{i >> 16}.{(i >> 8) & 255}.{i & 255} and udp dst port {i & 65535}\n");
        return text.ToString();
    }

    private RuleChange Of(RuleOutcome outcome) => new() { Outcome = outcome, Generation = _history[^1].Number };
}
