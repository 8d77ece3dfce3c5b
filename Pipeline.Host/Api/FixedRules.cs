using Pipeline.Host.Checking;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Api;

/// <summary>The rules of a run that keeps the set it was started with: they can be read, and a text can be checked.</summary>
internal sealed class FixedRules(RuleSet rules, Parts parts) : IRuleControl
{
    private readonly DateTimeOffset _since = DateTimeOffset.UtcNow;

    public RuleText Current => new(rules.Generation, rules.Source.Text, rules.Source.Name, Who: null, _since, rules.Rules.Count);

    public IReadOnlyList<RuleText> History => [Current];

    public Task<IReadOnlyList<Diagnostic>> Check(string text) => Task.Run(() => RuleTextCheck.Of(new SourceText("rules", text), parts));

    public Task<RuleAnswer> Apply(string text, string who, int? expected) => Unchanged();

    public Task<RuleAnswer> Rollback(int generation, string who, int? expected) => Unchanged();

    private Task<RuleAnswer> Unchanged() => Task.FromResult(new RuleAnswer(RuleVerdict.Fixed, rules.Generation, []));
}
