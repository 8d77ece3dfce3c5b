using Pipeline.Actors;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Running;

/// <summary>
/// The rules of a real run, and the file that it started with. Changes are made one at a time, so that the file has the rules of the last
/// one that was saved. Rules that wait to be confirmed are never written: a restart would bring them back without the condition.
/// </summary>
internal sealed class LiveRules(PipelineRun run) : IRuleControl, IDisposable
{
    private const string NoFile = "the rules cannot be saved: this pipeline was not started with a rule file (--rules FILE, or rules = FILE in a configuration)";

    private readonly RuleFile? _file = RuleFile.Of(run.Setup.Options.Rules);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The generation that is to be saved once it is confirmed; 0 for none.</summary>
    private int _savedWhenConfirmed;

    public IReadOnlyList<RuleGeneration> History => run.RuleHistory;

    public GuardPorts? KeepOut => run.Setup.KeepOut;

    public StartupRules? Startup => _file?.Compare(run.RuleHistory);

    public Task<RuleCheck> Check(string text) => run.CheckRules(text);

    public Task<KeptChange> Apply(string text, string source, string who, int? expected, TimeSpan? confirm, bool save) =>
        Change(() => run.ApplyRules(text, source, who, expected, confirm), text, save);

    public Task<KeptChange> Rollback(int generation, string who, int? expected, bool save) =>
        Change(() => run.Rollback(generation, who, expected), run.RuleHistory.FirstOrDefault(g => g.Number == generation)?.Text, save);

    public Task<KeptChange> Confirm(int generation, bool save) => Change(() => run.Confirm(generation), null, save);

    public void Dispose() => _turn.Dispose();

    private RuleGeneration Current => run.RuleHistory[^1];

    /// <param name="text">
    /// What is to be saved, where that is known before. A confirmation must not fail because of the file, so it is written after that.
    /// </param>
    /// <exception cref="RuleFileException">The rules are to be saved and cannot be. Nothing was changed.</exception>
    private async Task<KeptChange> Change(Func<Task<RuleChange>> change, string? text, bool save)
    {
        await _turn.WaitAsync();
        try
        {
            if (save && _file is null) throw new RuleFileException(NoFile);
            using var written = save && text is not null ? _file!.Write(text) : null;
            var made = await change();
            return made.Succeeded ? Keep(made, written, save) : new KeptChange(made, Startup);
        }
        finally
        {
            _turn.Release();
        }
    }

    private KeptChange Keep(RuleChange made, FileReplacement? written, bool save)
    {
        var current = Current;
        if (current.Number != made.Generation) return Kept(save ? Saving.Failed : Saving.No, $"generation {current.Number} came in force meanwhile");
        var wanted = save || _savedWhenConfirmed == current.Number;
        _savedWhenConfirmed = wanted && current.ConfirmBy is not null ? current.Number : 0;
        if (!wanted) return Kept(Saving.No);
        if (_savedWhenConfirmed > 0) return Kept(Saving.WhenConfirmed);
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
