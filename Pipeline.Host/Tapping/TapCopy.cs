using Pipeline.Actors.Captures;
using Pipeline.Host.Remote;

namespace Pipeline.Host.Tapping;

/// <summary>Copies one tap to where it is wanted, in whole blocks, to its end.</summary>
internal sealed class TapCopy(NodeTap tap)
{
    /// <summary>How long the rest may take after the tap was told to end.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(4);

    private TapBlocks? _blocks;
    private bool _hasEnded;

    public long Packets => _blocks?.Packets ?? 0;

    public long Missed => _blocks?.Missed ?? 0;

    /// <summary>Whether it came to its end, so that what was missed is known.</summary>
    public bool IsWhole => _hasEnded && _blocks is { IsComplete: true };

    /// <summary>What <paramref name="write"/> throws leaves it.</summary>
    /// <param name="own">Connections to leave out.</param>
    /// <param name="write">Takes whole blocks, and is waited for.</param>
    /// <param name="end">Has the tap end. What it has is still copied.</param>
    /// <param name="gone">Gives it up at once.</param>
    /// <exception cref="NodeException">There is no tap.</exception>
    public async Task Run(IEnumerable<CaptureConnection> own, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, Task end, CancellationToken gone)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone);
        using var stream = await tap.Open(own, stop.Token);
        var ending = End(stream, end, stop);
        _blocks = new TapBlocks(stream.Bytes);
        try
        {
            for (var piece = await Next(stop.Token); !piece.IsEmpty; piece = await Next(stop.Token)) await write(piece, stop.Token);
            _hasEnded = !stop.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody wants the rest, or it does not come.
        }
        finally
        {
            await stop.CancelAsync();
            await ending;
        }
    }

    /// <returns>Empty at the end, also where the node went away.</returns>
    private async ValueTask<ReadOnlyMemory<byte>> Next(CancellationToken stop)
    {
        try
        {
            return await _blocks!.Next(stop);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return default;
        }
    }

    private async Task End(NodeStream stream, Task end, CancellationTokenSource stop)
    {
        await Task.WhenAny(end, Task.Delay(Timeout.Infinite, stop.Token));
        if (!end.IsCompleted || stop.IsCancellationRequested) return;
        stop.CancelAfter(EndPatience);
        try
        {
            await tap.End(stream);
        }
        catch (NodeException)
        {
            // It is gone already, or the patience ends it.
        }
    }
}
