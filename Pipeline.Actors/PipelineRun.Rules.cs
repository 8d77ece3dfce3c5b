using Pipeline.Actors.Generations;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Trials;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
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
    public async Task<RuleCheck> CheckRules(string text, string source = "rules") => (await Trials.Build(text, source)).Check;

    /// <summary>Rules on trial beside those in force, and the paths of packets. Any thread.</summary>
    public RuleTrials Trials { get; }

    /// <summary>Says what the rules in force do to a packet. Any thread on which no packets wait.</summary>
    /// <param name="link">The link type that the packet begins with.</param>
    /// <param name="bytes">The packet.</param>
    public TracedPacket Trace(LinkType link, ReadOnlySpan<byte> bytes)
    {
        var table = _topology.Rules.InForce;
        var packet = new Packet { CapturedLength = bytes.Length, WireLength = (uint)bytes.Length };
        var from = new NicInterface(0, "packet", link, 0);

        // A table stays compiled for each link type that it has met, and so do those that follow it. Only packets of the source may add one.
        var tracing = table.IsPreparedFor(from.Link) ? table : MarkTable.Compile(table.Rules, table.Guards, MarkEngine.Interpreter);
        var trace = RuleTrace.Of(tracing, from, packet, bytes);
        var kept = trace.KeptOutBy is null ? PacketFlags.None : PacketFlags.KeptOut;
        IReadOnlyList<string> names = [.. trace.Matched.Select(number => table.Rules.Rules[number - 1].Name)];
        return new TracedPacket(table.Generation, trace, names, Trials.Routes().InWords(trace.Mark, PacketFlags.Selected | kept));
    }

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
    /// <param name="who">Who wants it, for the event; null for nobody in particular.</param>
    /// <param name="stop">Ends the wait for the answer.</param>
    public async Task<RuleChange> Confirm(int generation, string? who = null, CancellationToken stop = default)
    {
        var change = await Change(new RuleProtocol.Confirm(generation, who), stop);
        // What a cluster agrees on does not say who confirmed it. The node that was asked knows.
        if (who is not null && change.Outcome == RuleOutcome.Confirmed && Cluster is { Rules.Govern: true })
            _state.Events.Add(PipelineEventKind.RulesChanged, "rules", $"generation {generation} was confirmed here, by {who}");
        return change;
    }

    /// <summary>A node of a cluster changes the rules of all nodes.</summary>
    private Task<RuleChange> Change(RuleProtocol.Request request, CancellationToken stop) =>
        Cluster is { Rules: { Govern: true } ofAll } ? ofAll.Ask(request, stop) : ChangeHere(request with { Trace = PipelineSpans.Here }, stop);

    /// <summary>Reports the run as ended when nobody answers, because the root might be gone by now.</summary>
    private async Task<RuleChange> ChangeHere(RuleProtocol.Request request, CancellationToken stop) =>
        await _inquiries.Ask<RuleProtocol.Answer>(_root, request, stop) is { } answer
            ? answer.ToResult()
            : new RuleChange { Outcome = RuleOutcome.Ended, Generation = _topology.Rules.InForce.Rules.Generation };
}
