using System.Net;
using Microsoft.AspNetCore.Connections;
using Pipeline.Host.Api;
using Xunit;

namespace Pipeline.Host.Tests.Api;

public sealed class BoundedListenersTests : IConnectionListenerFactory, IConnectionListener
{
    private int _accepted;

    public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        _accepted++;
        return new(new DefaultConnectionContext());
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task No_more_are_accepted_than_may_be_open_until_one_is_closed()
    {
        var listeners = new BoundedListeners(this, most: 2);
        var listener = await listeners.BindAsync(EndPoint);
        await listener.AcceptAsync();
        await listener.AcceptAsync();

        var third = listener.AcceptAsync().AsTask();
        Assert.Equal((false, 2), (third.IsCompleted, _accepted));
        listeners.Closed();

        Assert.NotNull(await third.WaitAsync(ServedRun.Patience));
        Assert.Equal(3, _accepted);
    }

    [Fact]
    public async Task The_end_does_not_wait_for_one_to_be_closed()
    {
        var listener = await new BoundedListeners(this, most: 1).BindAsync(EndPoint);
        await listener.AcceptAsync();
        var second = listener.AcceptAsync().AsTask();

        await listener.UnbindAsync();

        Assert.Null(await second.WaitAsync(ServedRun.Patience));
    }
}
