using System.Net.Sockets;
using Pipeline.Actors.Serialization;
using Pipeline.Nic.Links;

namespace Pipeline.Actors.Links;

/// <summary>Connects to where another node takes packets. Any thread; each call blocks for some seconds at most.</summary>
/// <param name="security">How both ends prove who they are.</param>
internal sealed class LinkDialer(LinkSecurity security)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static long s_epoch = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>What both ends of every link must agree about.</summary>
    public static LinkTerms Terms { get; } = new(WireTypes.All.Hash);

    /// <exception cref="SocketException">Nobody listens there, or the address cannot be reached.</exception>
    /// <exception cref="IOException">The connection broke, or nobody answers.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">One of the two does not trust the other.</exception>
    /// <exception cref="LinkRefusedException">The other end does not agree.</exception>
    public LinkConnection Dial(PeerCell peer)
    {
        var socket = new Socket(peer.Peer.Data.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Connect(socket, peer);
            var wire = new WireStream(socket) { Patience = Patience };
            return LinkConnection.Dial(wire, security.Call(wire, peer.Name), new LinkHello(peer.OwnUid, peer.Uid, Interlocked.Increment(ref s_epoch), Terms));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Connect(Socket socket, PeerCell peer)
    {
        using var late = new CancellationTokenSource(Patience);
        try
        {
            socket.ConnectAsync(peer.Peer.Data, late.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }
}
