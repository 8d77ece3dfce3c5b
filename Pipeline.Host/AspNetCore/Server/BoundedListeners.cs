using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Pipeline.Host.Server;

/// <summary>
/// Accepts no connection while the most connections are open; the kernel keeps those that come meanwhile. Accepting them first and closing
/// them then would use up descriptors that the run may need for captures.
/// </summary>
/// <param name="inner">The listener that does the work.</param>
/// <param name="most">Connections that may be open, including those being closed.</param>
internal sealed class BoundedListeners(IConnectionListenerFactory inner, int most) : IConnectionListenerFactory
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private int _open;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), this);

    /// <summary>Called when a connection that was accepted is closed.</summary>
    public void Closed()
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            _open--;
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    /// <summary>Waits until one more may be open, and counts it as open.</summary>
    private async Task Opening(CancellationToken stop)
    {
        while (true)
        {
            Task closed;
            lock (_lock)
            {
                if (_open < most)
                {
                    _open++;
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                closed = _room.Task;
            }

            await closed.WaitAsync(stop);
        }
    }

    private sealed class Listener(IConnectionListener inner, BoundedListeners all) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(_unbound.Token, cancellationToken);
                await all.Opening(stop.Token);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                return null;
            }

            ConnectionContext? connection = null;
            try
            {
                return connection = await inner.AcceptAsync(cancellationToken);
            }
            finally
            {
                if (connection is null) all.Closed();
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            _unbound.Dispose();
        }
    }
}
