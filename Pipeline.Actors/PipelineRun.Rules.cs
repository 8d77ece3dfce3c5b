using Pipeline.Actors.Generations;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>Changing the rules while packets flow. Any thread; wishes are carried out one after the other.</summary>
public sealed partial class PipelineRun
{
    /// <summary>The longest time that may be given to confirm.</summary>
    public static readonly TimeSpan LongestConfirmation = TimeSpan.FromDays(1);

    /// <summary>The rules in force, as they were written.</summary>
    public string RulesText => _topology.Rules.InForce.Rules.Source.Text;

    /// <summary>The generations that were put in force, oldest first; at most the last hundred, the one in force among them.</summary>
    public IReadOnlyList<RuleGeneration> RuleHistory => _topology.Register.State.History.All;

    /// <summary>Says what putting rules in force would find and change, and changes nothing. Takes seconds for a huge set.</summary>
    /// <param name="text">A rule file's text.</param>
    /// <param name="source">What messages about it begin with.</param>
    public Task<RuleCheck> CheckRules(string text, string source = "rules") => Task.Run(() =>
    {
        var inForce = _topology.Rules.InForce;
        var table = _topology.Rules.Builder.Build(new SourceText(source, text), inForce.Rules.Generation + 1, inForce.Links, out var diagnostics);
        return new RuleCheck(table?.Rules, diagnostics, table is null ? RuleSetDelta.None : RuleSetDelta.Between(inForce.Rules, table.Rules));
    });

    /// <summary>
    /// Puts rules in force, as a new generation, from each router's next bundle on. Where they have an error nothing changes; the text
    /// that is in force already makes no new generation.
    /// </summary>
    /// <param name="text">A rule file's text.</param>
    /// <param name="source">Where it came from, such as the file's name.</param>
    /// <param name="who">Who wants it, for the history.</param>
    /// <param name="expectedGeneration">Refuse unless this generation is in force; null whatever is.</param>
    /// <param name="confirm">
    /// Roll back to the last generation that needed no confirmation, unless <see cref="Confirm"/> comes within so long; null to keep
    /// the rules.
    /// </param>
    /// <param name="stop">Ends the waiting for the answer; the rules may come in force all the same.</param>
    /// <exception cref="ArgumentException">The time to confirm is not above 0 and up to a day.</exception>
    public Task<RuleChange> ApplyRules(
        string text, string source, string who, int? expectedGeneration = null, TimeSpan? confirm = null, CancellationToken stop = default)
    {
        if (confirm <= TimeSpan.Zero || confirm > LongestConfirmation)
            throw new ArgumentOutOfRangeException(nameof(confirm), confirm, $"The time to confirm must be above 0 and at most {LongestConfirmation}.");
        return Change(new RuleProtocol.Apply(source, text, who, expectedGeneration, confirm), stop);
    }

    /// <summary>Puts the text of an earlier generation in force again, under a new number.</summary>
    /// <param name="generation">The earlier one; one that the history has.</param>
    /// <param name="who">Who wants it, for the history.</param>
    /// <param name="expectedGeneration">Refuse unless this generation is in force; null whatever is.</param>
    /// <param name="stop">Ends the waiting for the answer.</param>
    public Task<RuleChange> Rollback(int generation, string who, int? expectedGeneration = null, CancellationToken stop = default) =>
        Change(new RuleProtocol.Rollback(generation, who, ExpectedGeneration: expectedGeneration), stop);

    /// <summary>Keeps a generation that was put in force on condition.</summary>
    /// <param name="generation">The one in force.</param>
    /// <param name="stop">Ends the waiting for the answer.</param>
    public Task<RuleChange> Confirm(int generation, CancellationToken stop = default) => Change(new RuleProtocol.Confirm(generation), stop);

    /// <summary>The root may be gone by now, with nobody there to answer.</summary>
    private async Task<RuleChange> Change(RuleProtocol.Request request, CancellationToken stop) =>
        await _inquiries.Ask<RuleProtocol.Answer>(_root, request, stop) is { } answer
            ? answer.ToResult()
            : new RuleChange { Outcome = RuleOutcome.Ended, Generation = _topology.Rules.InForce.Rules.Generation };
}
