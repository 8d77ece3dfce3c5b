using Pipeline.Host.Remote;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Live;

/// <summary>
/// Asks a node for its figures again and again, also while it does not answer, and knows since when it has not. Any thread.
/// </summary>
/// <param name="where">The node, in words.</param>
/// <param name="ask">One question.</param>
internal sealed class SnapshotFeed(string where, Func<Task<SnapshotJson>> ask, TimeSpan interval, TimeProvider clock)
{
    /// <summary>An answer that takes no longer is nothing to speak of.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private SnapshotJson? _latest;
    private long _answeredAt;
    private bool _hasFailed;
    private string? _why;

    /// <summary>Completes with the next answer, or when there is none.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate) return _changed.Task;
        }
    }

    /// <summary>What is known now. After <see cref="Begin"/>.</summary>
    public Sighting Seen
    {
        get
        {
            lock (_gate)
            {
                var silence = clock.GetElapsedTime(_answeredAt);
                return _hasFailed || silence > interval + Patience ? new(_latest!, where, silence, _why) : new(_latest!, where);
            }
        }
    }

    /// <summary>The first question, which must be answered.</summary>
    /// <exception cref="NodeException">It is not.</exception>
    public async Task Begin() => Note(await ask());

    /// <summary>Asks until it is stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(interval, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!stop.IsCancellationRequested) Note(await ask());
            }
            catch (NodeException error)
            {
                Change(() => (_hasFailed, _why) = (true, error.Problem?.Detail));
            }
        }
    }

    private void Note(SnapshotJson answer) =>
        Change(() => (_latest, _answeredAt, _hasFailed, _why) = (answer, clock.GetTimestamp(), false, null));

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
