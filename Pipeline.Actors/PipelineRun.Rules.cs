using Pipeline.Actors.Generations;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>Changes the rules while packets flow. Any thread. Requests are carried out one after the other.</summary>
public sealed partial class PipelineRun
{
    /// <summary>The longest time that may be set for a confirmation.</summary>
    public static readonly TimeSpan LongestConfirmation = TimeSpan.FromDays(1);

    /// <summary>The rules in force, as they were written.</summary>
    public string RulesText => _topology.Rules.InForce.Rules.Source.Text;

    /// <summary>
    /// The generations that were put in force, oldest first. At most the last hundred are kept, and always the one in force.
    /// </summary>
    public IReadOnlyList<RuleGeneration> RuleHistory => _topology.Register.State.History.All;

    /// <summary>Checks rules and compares them with those in force, without changing anything. Takes seconds for a huge set.</summary>
    /// <param name="text">A rule file's text.</param>
    /// <param name="source">The name of the text in messages.</param>
    public Task<RuleCheck> CheckRules(string text, string source = "rules") => Task.Run(() =>
    {
        var inForce = _topology.Rules.InForce;
        var table = _topology.Rules.Builder.Build(
            new SourceText(source, text), inForce.Rules.Generation + 1, inForce.Links, out var diagnostics);
        return new RuleCheck(
            table?.Rules, diagnostics, table is null ? RuleSetDelta.None : RuleSetDelta.Between(inForce.Rules, table.Rules));
    });

    /// <summary>
    /// Puts rules in force, as a new generation, from each router's next bundle on. If they have an error, nothing changes. A text that is
    /// in force already makes no new generation.
    /// </summary>
    /// <param name="text">A rule file's text.</param>
    /// <param name="source">Where the text came from, such as a file's name.</param>
    /// <param name="who">Who wants it, for the history.</param>
    /// <param name="expectedGeneration">The generation that must be in force, else the rules are refused; null for any.</param>
    /// <param name="confirm">
    /// The time after which the rules are rolled back to the last generation that needed no confirmation, unless <see cref="Confirm"/>
    /// comes first; null to keep the rules.
    /// </param>
    /// <param name="stop">Ends the wait for the answer. The rules may still come in force.</param>
    /// <exception cref="ArgumentException">The time to confirm is not above 0, or longer than a day.</exception>
    public Task<RuleChange> ApplyRules(
        string text, string source, string who, int? expectedGeneration = null, TimeSpan? confirm = null, CancellationToken stop = default)
    {
        if (confirm <= TimeSpan.Zero || confirm > LongestConfirmation)
            throw new ArgumentOutOfRangeException(
                nameof(confirm), confirm, $"The time to confirm must be above 0 and at most {LongestConfirmation}.");
        return Change(new RuleProtocol.Apply(source, text, who, expectedGeneration, confirm), stop);
    }

    /// <summary>Puts the text of an earlier generation in force again, under a new number.</summary>
    /// <param name="generation">The earlier generation, which must be in the history.</param>
    /// <param name="who">Who wants it, for the history.</param>
    /// <param name="expectedGeneration">The generation that must be in force, else the rollback is refused; null for any.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    public Task<RuleChange> Rollback(int generation, string who, int? expectedGeneration = null, CancellationToken stop = default) =>
        Change(new RuleProtocol.Rollback(generation, who, ExpectedGeneration: expectedGeneration), stop);

    /// <summary>Keeps a generation that was put in force subject to confirmation.</summary>
    /// <param name="generation">The one in force.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    public Task<RuleChange> Confirm(int generation, CancellationToken stop = default) => Change(new RuleProtocol.Confirm(generation), stop);

    /// <summary>A node of a cluster changes the rules of all nodes.</summary>
    private Task<RuleChange> Change(RuleProtocol.Request request, CancellationToken stop) =>
        Cluster is { Rules: { Govern: true } ofAll } ? ofAll.Ask(request, stop) : ChangeHere(request, stop);

    /// <summary>Reports the run as ended when nobody answers, because the root might be gone by now.</summary>
    private async Task<RuleChange> ChangeHere(RuleProtocol.Request request, CancellationToken stop) =>
        await _inquiries.Ask<RuleProtocol.Answer>(_root, request, stop) is { } answer
            ? answer.ToResult()
            : new RuleChange { Outcome = RuleOutcome.Ended, Generation = _topology.Rules.InForce.Rules.Generation };
}
