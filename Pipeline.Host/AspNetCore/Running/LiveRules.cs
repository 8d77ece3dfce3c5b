using Pipeline.Actors;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Running;

/// <summary>
/// The rules of a real run, and the file that it started with. What is saved is what is in force at that moment, one request after the
/// other. Rules that wait to be confirmed are never written: a restart would bring them back without the condition.
/// </summary>
internal sealed class LiveRules(PipelineRun run) : IRuleControl
{
    private const string NoFile = "the rules cannot be saved: this pipeline was not started with a rule file (--rules FILE, or rules = FILE in a configuration)";

    private readonly RuleFile? _file = RuleFile.Of(run.Setup.Options.Rules);

    /// <summary>Held while a file is written, and not during a change: a cluster may take a minute for one.</summary>
    private readonly Lock _saving = new();

    /// <summary>The rules that are to be saved once they are confirmed; null for none. A cluster may give them another number meanwhile.</summary>
    private string? _savedWhenConfirmed;

    public IReadOnlyList<RuleGeneration> History => run.RuleHistory;

    public GuardPorts? KeepOut => run.Setup.KeepOut;

    public StartupRules? Startup => _file?.Compare(run.RuleHistory);

    public Task<RuleCheck> Check(string text) => run.CheckRules(text);

    public Task<KeptChange> Apply(string text, string source, string who, int? expected, TimeSpan? confirm, bool save) =>
        Change(() => run.ApplyRules(text, source, who, expected, confirm), text, save);

    public Task<KeptChange> Rollback(int generation, string who, int? expected, bool save) =>
        Change(() => run.Rollback(generation, who, expected), run.RuleHistory.FirstOrDefault(g => g.Number == generation)?.Text, save);

    public Task<KeptChange> Confirm(int generation, string who, bool save) => Change(() => run.Confirm(generation, who), null, save);

    private RuleGeneration Current => run.RuleHistory[^1];

    /// <param name="text">
    /// What is to be saved, as far as that is known before. A confirmation must not fail because of the file, so it is written after that.
    /// In a cluster the number of a rollback may mean something else than in this node's history.
    /// </param>
    /// <exception cref="RuleFileException">The rules are to be saved and cannot be. Nothing was changed.</exception>
    private async Task<KeptChange> Change(Func<Task<RuleChange>> change, string? text, bool save)
    {
        if (save && _file is null) throw new RuleFileException(NoFile);
        using var written = save && text is not null ? _file!.Write(text) : null;
        var made = await change();
        if (!made.Succeeded) return new KeptChange(made, Startup);
        lock (_saving) return Keep(made, Current.Text == text ? written : null, save);
    }

    private KeptChange Keep(RuleChange made, FileReplacement? written, bool save)
    {
        var current = Current;
        var wanted = save || (made.Generation == current.Number && _savedWhenConfirmed == current.Text);
        if (NotKnownHere(made, current, isSame: written is not null) is { } why) return Kept(wanted ? Saving.Failed : Saving.No, why);
        _savedWhenConfirmed = wanted && current.ConfirmBy is not null ? current.Text : null;
        if (!wanted) return Kept(Saving.No);
        if (_savedWhenConfirmed is not null) return Kept(Saving.WhenConfirmed);
        try
        {
            Put(current.Text, written);
            return Kept(Saving.Now);
        }
        catch (Exception error) when (error is IOException or RuleFileException)
        {
            return Kept(Saving.Failed, error.Message);
        }

        KeptChange Kept(Saving saving, string? failure = null) => new(made, Startup, saving, saving == Saving.Failed ? failure : null);
    }

    /// <param name="isSame">Whether what is in force has the text that was sent. A cluster may have given it another number meanwhile.</param>
    /// <returns>Why what is in force here is not what the change made; null where it is.</returns>
    private static string? NotKnownHere(RuleChange made, RuleGeneration current, bool isSame)
    {
        if (current.Number > made.Generation && !isSame) return $"generation {current.Number} came in force meanwhile";
        if (current.Number < made.Generation) return $"generation {made.Generation} is not in force on this node yet";
        return current.ConfirmBy is not null && made.ConfirmBy is null ? "this node has not heard yet that it is confirmed" : null;
    }

    private void Put(string text, FileReplacement? written)
    {
        if (written is not null)
        {
            written.Commit();
            return;
        }

        using var late = _file!.Write(text);
        late.Commit();
    }
}
