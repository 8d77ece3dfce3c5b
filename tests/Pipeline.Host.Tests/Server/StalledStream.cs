namespace Pipeline.Host.Tests.Server;

/// <summary>What a client takes that then reads nothing more: the first write never ends.</summary>
internal sealed class StalledStream : MemoryStream
{
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when somebody waits for the client.</summary>
    public Task Stalled => _stalled.Task.WaitAsync(ServedRun.Patience);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(buffer, cancellationToken);
        _stalled.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
