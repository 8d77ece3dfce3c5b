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

    // An operation that the runtime waits for ties the socket to its own epoll thread for good, which every acknowledgement would wake then.
    private static void Connect(Socket socket, PeerCell peer)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(peer.Peer.Data);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(Patience, SelectMode.SelectWrite)) throw new SocketException((int)SocketError.TimedOut);
            var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != SocketError.Success) throw new SocketException((int)error);
        }
    }
}
