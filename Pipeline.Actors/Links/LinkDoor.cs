using System.Net;
using System.Net.Sockets;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Links;

namespace Pipeline.Actors.Links;

/// <summary>
/// Where other nodes bring packets to this one: listens, lets in who is a member of the cluster and may send, and keeps the links. Any
/// thread.
/// </summary>
internal sealed class LinkDoor : IDisposable
{
    /// <summary>
    /// Connections that may be saying hello at a time, of all and of one address. More are closed at once: members are few, and patient, and
    /// a stranger who says nothing must not keep them out.
    /// </summary>
    private const int MostGreetings = 64;

    private const int MostGreetingsOfOne = 4;

    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly List<IPAddress> _greeting = [];
    private Guest[] _guests = [];
    private volatile PeerSet _peers = PeerSet.None;
    private LinkSecurity? _security;
    private bool _isClosed;
    private Func<ReceivedBundles>? _target;
    private Action<Guest>? _onCame;
    private Action<Guest, LinkEnding>? _onEnded;

    private LinkDoor(Socket listener) => _listener = listener;

    /// <summary>The links that there are, and the last one of each member that has none now. A new list with each change.</summary>
    public IReadOnlyList<Guest> Guests => Volatile.Read(ref _guests);

    /// <summary>Binds the address, so that nobody else gets it, and lets nobody in yet.</summary>
    /// <exception cref="ClusterException">The address is taken, or is none of this machine's.</exception>
    public static LinkDoor Bind(ClusterOptions options)
    {
        var listener = ClusterSystem.Listen(options.DataAt);
        return new LinkDoor(listener);
    }

    /// <summary>Lets others in.</summary>
    /// <param name="security">How both ends prove who they are.</param>
    /// <param name="target">Makes what takes the bundles of one link.</param>
    /// <param name="onCame">Called when a link has begun.</param>
    /// <param name="onEnded">Called when a link has ended. It must neither wait nor throw.</param>
    public void Open(LinkSecurity security, Func<ReceivedBundles> target, Action<Guest> onCame, Action<Guest, LinkEnding> onEnded)
    {
        (_security, _target, _onCame, _onEnded) = (security, target, onCame, onEnded);
        _ = Accept();
    }

    /// <summary>Who may come from now on. A link of somebody who may not any more is ended: others have got its packets by now.</summary>
    public void Admit(PeerSet peers)
    {
        _peers = peers;
        if (peers.IsLeaving) return;
        foreach (var guest in Guests.Where(g => peers.Find(g.Uid) is null && g.Receiver.Ending is null)) Task.Run(guest.Receiver.Dispose);

        // Of a life that is over nobody asks for last words any more.
        lock (_gate) Volatile.Write(ref _guests, [.. _guests.Where(g => peers.Find(g.Uid) is not null || g.Receiver.Ending is null)]);
    }

    public void Dispose()
    {
        // Whoever is greeted meanwhile is either in the list by now, or sees this and goes: no slab of a link is out when the books close.
        lock (_gate) _isClosed = true;
        _closed.Cancel();
        _listener.Dispose();
        foreach (var guest in Guests) guest.Receiver.Dispose();
    }

    private async Task Accept()
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_closed.Token);
                var from = (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
                if (MayGreet(from)) _ = Task.Run(() => Greet(socket, from));
                else socket.Dispose();
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A connection that ended before it was accepted, no descriptor left for it, or the end.
                await Task.Delay(AfterTrouble, _closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool MayGreet(IPAddress from)
    {
        lock (_gate)
        {
            if (_greeting.Count >= MostGreetings || _greeting.Count(from.Equals) >= MostGreetingsOfOne) return false;
            _greeting.Add(from);
            return true;
        }
    }

    private void Greet(Socket socket, IPAddress from)
    {
        try
        {
            var peer = socket.RemoteEndPoint?.ToString() ?? "?";
            var wire = new WireStream(socket);
            var connection = LinkConnection.Accept(wire, _security!.Answer(wire, peer), _peers.OwnUid, LinkDialer.Terms, WhyNot, LastWordsTo);
            Welcome(connection);
        }
        catch (Exception)
        {
            // The dialling side has the reason, or is nobody. Nothing here depends on it.
            socket.Dispose();
        }
        finally
        {
            lock (_gate) _greeting.Remove(from);
        }
    }

    private string? WhyNot(LinkHello hello)
    {
        if (_peers.Find(hello.SenderUid) is null) return "this node does not know the node that dialled, or not any more";
        if (Before(hello) is not { } before) return null;
        if (before.Receiver.Hello.Epoch >= hello.Epoch) return "a later link from that node is there already";

        // The sender has ended it, too.
        before.Receiver.Dispose();
        return before.Receiver.TryTakeLastWords(out _) ? null : "consumers still hold packets that came over the link before";
    }

    private LinkLastWords? LastWordsTo(LinkHello hello) => Before(hello) is { } before && before.Receiver.TryTakeLastWords(out var words) ? words : null;

    private Guest? Before(LinkHello hello) => Guests.FirstOrDefault(g => g.Uid == hello.SenderUid);

    private void Welcome(LinkConnection connection)
    {
        var uid = connection.Hello.SenderUid;
        var (name, target) = (_peers.Find(uid)?.Name ?? "?", _target!());
        Guest? guest = null;
        var options = new LinkOptions { Name = $"from {name}", BundlePackets = 256, OnEnded = ending => _onEnded!(guest!, ending) };
        lock (_gate)
        {
            if (_isClosed)
            {
                connection.Dispose();
                return;
            }

            guest = new Guest(name, uid, target);
            guest.Receiver = new LinkReceiver(connection, options, target);
            Volatile.Write(ref _guests, [.. _guests.Where(g => g.Uid != uid), guest]);
            _onCame!(guest);
        }
    }
}

/// <summary>A link over which another node brings packets.</summary>
/// <param name="Name">That node's name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Bundles">What takes them.</param>
internal sealed record Guest(string Name, long Uid, ReceivedBundles Bundles)
{
    /// <summary>The link's end here.</summary>
    public LinkReceiver Receiver { get; set; } = null!;
}
