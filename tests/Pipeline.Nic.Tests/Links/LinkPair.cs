using System.Net;
using System.Net.Sockets;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>Two ends of a link over a real connection on loopback.</summary>
internal sealed class LinkPair : IDisposable
{
    public static readonly LinkHello Hello = new(11, 22, 1, new LinkTerms(WireTypes: 77));

    private LinkPair(LinkSender sender, LinkReceiver receiver) => (Sender, Receiver) = (sender, receiver);

    public LinkSender Sender { get; }

    public LinkReceiver Receiver { get; }

    /// <summary>Two connected sockets.</summary>
    public static (Socket Dialled, Socket Accepted) Sockets()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var dialled = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        dialled.Connect(listener.LocalEndPoint!);
        return (dialled, listener.Accept());
    }

    /// <summary>Both ends, after their hello.</summary>
    public static async Task<(LinkConnection Dialled, LinkConnection Accepted)> Greet(LinkTerms terms, long epoch = 1, LinkLastWords? lastWords = null)
    {
        var (dialled, accepted) = Sockets();
        var answer = Task.Run(() =>
        {
            var wire = new WireStream(accepted);
            return LinkConnection.Accept(wire, wire, Hello.ReceiverUid, terms, _ => null, _ => lastWords);
        });
        var wire = new WireStream(dialled);
        return (LinkConnection.Dial(wire, wire, Hello with { Terms = terms, Epoch = epoch }), await answer);
    }

    public static async Task<LinkPair> Start(ILinkTarget target, LinkTerms? terms = null, LinkOptions? sender = null, LinkOptions? receiver = null)
    {
        var (dialled, accepted) = await Greet(terms ?? Hello.Terms);
        return Start(dialled, accepted, target, sender, receiver);
    }

    public static LinkPair Start(LinkConnection dialled, LinkConnection accepted, ILinkTarget target, LinkOptions? sender = null, LinkOptions? receiver = null) =>
        new(new LinkSender(dialled, sender ?? new LinkOptions()), new LinkReceiver(accepted, receiver ?? new LinkOptions { Slabs = 32 }, target));

    public static void Send(LinkLane lane, PageBundle bundle) => Assert.True(lane.TrySend(bundle));

    /// <summary>Waits until every page is home and every packet has an outcome.</summary>
    public void AwaitRest(PagePool pool, params PacketAccount[] accounts) =>
        Patiently.Await(
            () => pool.Outstanding == 0 && accounts.All(a => a.Held == default),
            () => $"{pool.Outstanding} pages are out, {string.Join(", ", accounts.Select(a => a.Held))} are held; {Sender.Ending} {Receiver.Ending}");

    public void Dispose()
    {
        Sender.Close((_, bundle) => bundle.Dispose());
        Receiver.Dispose();
    }
}
