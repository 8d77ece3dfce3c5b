using System.Net;
using Microsoft.AspNetCore.Connections;
using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class BoundedListenersTests
{
    private readonly Accepting _inner = new();

    [Fact]
    public async Task No_more_are_accepted_than_may_be_open_until_one_is_closed()
    {
        var listeners = new BoundedListeners(_inner, most: 2);
        var listener = await listeners.BindAsync(_inner.EndPoint);
        await listener.AcceptAsync();
        await listener.AcceptAsync();

        var third = listener.AcceptAsync().AsTask();
        Assert.Equal((false, 2), (third.IsCompleted, _inner.Accepted));
        listeners.Closed();

        Assert.NotNull(await third.WaitAsync(ServedRun.Patience));
        Assert.Equal(3, _inner.Accepted);
    }

    [Fact]
    public async Task The_end_does_not_wait_for_one_to_be_closed()
    {
        var listener = await new BoundedListeners(_inner, most: 1).BindAsync(_inner.EndPoint);
        await listener.AcceptAsync();
        var second = listener.AcceptAsync().AsTask();

        await listener.UnbindAsync();

        Assert.Null(await second.WaitAsync(ServedRun.Patience));
    }

    /// <summary>Has a connection whenever it is asked for one.</summary>
    private sealed class Accepting : IConnectionListenerFactory, IConnectionListener
    {
        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public int Accepted { get; private set; }

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            Accepted++;
            return new(new DefaultConnectionContext());
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }
}
