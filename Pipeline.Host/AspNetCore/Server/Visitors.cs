using Microsoft.AspNetCore.Connections;

namespace Pipeline.Host.Server;

/// <summary>
/// Keeps track of who is connected, so that nobody locks the others out. There is always room for one more: the connection that has been in
/// the same state longest is closed for it. Connections without a request go first, then streams, and last those that are being answered.
/// Any thread.
/// </summary>
/// <param name="most">Connections at a time.</param>
/// <param name="mostStreams">Streams among them at a time.</param>
internal sealed class Visitors(int most, int mostStreams)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Visitor> _waiting = [];
    private readonly LinkedList<Visitor> _streaming = [];
    private readonly LinkedList<Visitor> _asking = [];

    /// <summary>One more has come.</summary>
    /// <returns>The visitor. Whoever closes the connection calls <see cref="Leave"/>.</returns>
    public Visitor Enter(ConnectionContext connection) => Enter(() => connection.Abort(new ConnectionAbortedException("another has come, and this one had waited for longest")));

    internal Visitor Enter(Action close)
    {
        var visitor = new Visitor(this, close);
        Move(visitor, _waiting);
        return visitor;
    }

    public void Leave(Visitor visitor) => Move(visitor, null);

    /// <summary>The head of its request has been read.</summary>
    internal void Asks(Visitor visitor) => Move(visitor, _asking);

    /// <summary>Its answer is a stream that ends with the run.</summary>
    internal void Streams(Visitor visitor) => Move(visitor, _streaming);

    /// <summary>Its request is answered.</summary>
    internal void Waits(Visitor visitor) => Move(visitor, _waiting);

    private void Move(Visitor visitor, LinkedList<Visitor>? to)
    {
        Visitor? goes;
        lock (_lock)
        {
            if (visitor.HasLeft) return;
            visitor.Place.List?.Remove(visitor.Place);
            to?.AddLast(visitor.Place);
            visitor.HasLeft = to is null;
            goes = OneTooMany(visitor);
            if (goes is not null)
            {
                goes.Place.List!.Remove(goes.Place);
                goes.HasLeft = true;
            }
        }

        goes?.Close();
    }

    /// <param name="newest">The one that came or has just changed its state. It stays while there is another to close.</param>
    private Visitor? OneTooMany(Visitor newest)
    {
        if (_streaming.Count > mostStreams) return _streaming.First!.Value;
        if (_waiting.Count + _streaming.Count + _asking.Count <= most) return null;
        var waiting = _waiting.First?.Value;
        return waiting is not null && waiting != newest ? waiting : (_streaming.First ?? _asking.First ?? _waiting.First)!.Value;
    }
}

/// <summary>One connection, as <see cref="Visitors"/> knows it. A feature of the connection, and so of each of its requests.</summary>
internal sealed class Visitor
{
    private readonly Visitors _all;
    private readonly Action _close;

    public Visitor(Visitors all, Action close)
    {
        (_all, _close) = (all, close);
        Place = new LinkedListNode<Visitor>(this);
    }

    /// <summary>Its place in the lists; under the lock of <see cref="Visitors"/>.</summary>
    internal LinkedListNode<Visitor> Place { get; }

    /// <summary>Whether it is gone, or about to be; under the lock of <see cref="Visitors"/>.</summary>
    internal bool HasLeft { get; set; }

    public void Asks() => _all.Asks(this);

    public void Streams() => _all.Streams(this);

    public void Waits() => _all.Waits(this);

    internal void Close() => _close();
}
