using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>The capture file of each rule, over all generations of rules: one file per name. For one thread.</summary>
internal sealed class RuleFiles(string folder, SplitOptions options, SharedPackets shared) : IDisposable
{
    private readonly Dictionary<string, CaptureWriter> _byName = [];
    private readonly OpenCaptures _open = new(options.MostOpenFiles, shared);
    private CaptureWriter[] _byRule = [];
    private NicInterface? _firstSeen;

    public IReadOnlyList<string> Notes => CaptureNotes.Of(_byName.Values);

    /// <summary>Makes the folder unless it is there.</summary>
    /// <exception cref="OutputException">It cannot be made.</exception>
    public void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(
                folder, $"cannot be created: {(e is UnauthorizedAccessException ? "permission denied" : e.Message)}", inner: e);
        }
    }

    /// <summary>Takes up another rule set: a file for each rule whose name had none so far.</summary>
    /// <exception cref="OutputException">A file cannot be made.</exception>
    public void Turn(RuleSet rules) => _byRule = [FileOf(SplitConsumer.Unmatched), .. rules.Rules.Select(r => FileOf(r.Name))];

    /// <param name="rule">1-based; 0 for packets that no rule matched.</param>
    /// <exception cref="OutputException">It cannot be opened again, or another could not be closed for it.</exception>
    public CaptureWriter Open(int rule) => _open.Use(_byRule[rule]);

    /// <summary>Notes an interface that empty files can describe where the source names none.</summary>
    public void Saw(NicInterface nicInterface) => _firstSeen ??= nicInterface;

    public void Flush() => _open.Flush();

    /// <summary>Finishes every file, whatever happens to others.</summary>
    /// <returns>The first failure.</returns>
    public OutputException? Finish()
    {
        OutputException? failure = null;
        foreach (var writer in _byName.Values)
        {
            try
            {
                if (!writer.IsOver) _open.Use(writer).Finish();
            }
            catch (OutputException e)
            {
                failure ??= e;
            }
        }

        return failure;
    }

    public void Dispose() => _open.Dispose();

    private CaptureWriter FileOf(string rule)
    {
        if (_byName.TryGetValue(rule, out var writer)) return writer;
        if (rule != Path.GetFileName(rule)) throw new OutputException(folder, $"the rule name {rule} cannot be a file name");
        return _byName[rule] = _open.Create(new CaptureOptions
        {
            Path = SplitConsumer.FileOf(folder, rule),
            SnapLength = options.SnapLength,
            Rotation = options.Rotation,
            Files = options.Files,
            Metadata = options.Metadata,
            IsOneOfMany = true,
            KnownInterfaces = Known,
        });
    }

    private IReadOnlyList<NicInterface> Known()
    {
        if (options.KnownInterfaces?.Invoke() is { Count: > 0 } known) return known;
        return _firstSeen is null ? [] : [_firstSeen];
    }
}
