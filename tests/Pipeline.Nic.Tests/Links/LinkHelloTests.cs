using System.Net.Sockets;
using Pipeline.Nic.Links;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>Two nodes that do not agree say what about, and carry nothing.</summary>
public class LinkHelloTests
{
    private static readonly LinkHello Own = new(SenderUid: 11, ReceiverUid: 22, Epoch: 3, new LinkTerms(WireTypes: 77));

    public static TheoryData<string, LinkHello> Differences => new()
    {
        { "the receiver's UID is 23 at the other end, and 22 here", Own with { ReceiverUid = 23 } },
        { "the limit of a frame is 32768 at the other end, and 65536 here", Own with { Terms = Own.Terms with { FrameLimit = 32 << 10 } } },
        { "the hash of the wire types is 78 at the other end, and 77 here", Own with { Terms = Own.Terms with { WireTypes = 78 } } },
        { "the link's window is 2097152 at the other end, and 4194304 here", Own with { Terms = Own.Terms with { Window = 2 << 20 } } },
        { "an instance's window is 65536 at the other end, and 1048576 here", Own with { Terms = Own.Terms with { InstanceWindow = 64 << 10 } } },
    };

    [Theory]
    [MemberData(nameof(Differences), DisableDiscoveryEnumeration = true)]
    public async Task A_difference_is_refused_at_both_ends(string words, LinkHello dialled)
    {
        var (accepting, dialling) = await Greet(dialled, Own, _ => null);

        Assert.Equal(words, Assert.IsType<LinkRefusedException>(accepting).Message);
        Assert.IsType<LinkRefusedException>(dialling);
    }

    [Fact]
    public async Task A_node_that_is_not_welcome_is_refused()
    {
        var (accepting, dialling) = await Greet(Own, Own, hello => hello.Epoch <= 3 ? $"epoch {hello.Epoch} is not above 3" : null);

        Assert.Equal("epoch 3 is not above 3", Assert.IsType<LinkRefusedException>(accepting).Message);
        Assert.IsAssignableFrom<IOException>(dialling);
    }

    [Fact]
    public async Task Two_nodes_that_agree_go_on()
    {
        var (accepting, dialling) = await Greet(Own, Own, _ => null);

        Assert.Null(accepting);
        Assert.Null(dialling);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: somewhere.example\r\nUser-Agent: something\r\n\r\n", "PIPELINK")]
    [InlineData("PIPELINK\u0003\0\0\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "protocol 3")]
    [InlineData("PIPELINK\u0002\0\0\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "reserved")]
    [InlineData("PIPELINK", "closed the connection")]
    public async Task What_is_no_hello_is_refused(string bytes, string words)
    {
        var (dialled, accepted) = LinkPair.Sockets();
        using var wire = new WireStream(accepted);
        var accepting = Task.Run(() => LinkConnection.Accept(wire, wire, 22, Own.Terms, _ => null));
        dialled.Send(bytes.Select(c => (byte)c).ToArray());
        dialled.Shutdown(SocketShutdown.Send);

        Assert.Contains(words, (await Assert.ThrowsAsync<LinkRefusedException>(() => accepting)).Message, StringComparison.Ordinal);
        dialled.Dispose();
    }

    [Theory]
    [InlineData(0, 31, "malformed: Length")]
    [InlineData(4, 4, "malformed: Kind")]
    [InlineData(8, 1, "malformed: Number")]
    [InlineData(16, 4, "malformed: Epoch")]
    [InlineData(24, 1, "malformed: Items")]
    public async Task Last_words_that_are_malformed_are_refused(int at, byte value, string words)
    {
        var (dialled, accepted) = LinkPair.Sockets();
        using var wire = new WireStream(dialled);
        var dialling = Task.Run(() => LinkConnection.Dial(wire, wire, Own));
        var hello = new byte[LinkLayout.HelloBytes];
        Own.Write(hello);
        var frame = LastWordsFrame.Write(null, Own);
        frame[at] = value;
        accepted.Send([.. hello, .. frame]);

        Assert.Contains(words, (await Assert.ThrowsAsync<LinkRefusedException>(() => dialling)).Message, StringComparison.Ordinal);
        accepted.Dispose();
    }

    [Fact]
    public void Whoever_says_nothing_is_not_waited_for()
    {
        var (dialled, accepted) = LinkPair.Sockets();
        using var wire = new WireStream(accepted) { Patience = TimeSpan.FromMilliseconds(50) };

        Assert.Throws<IOException>(() => LinkConnection.Accept(wire, wire, 22, Own.Terms, _ => null));
        dialled.Dispose();
    }

    [Theory]
    [InlineData(1024, 4 << 20, 1 << 20)]
    [InlineData(1 << 20, 4 << 20, 1 << 20)]
    [InlineData(64 << 10, 1 << 10, 1 << 10)]
    [InlineData(64 << 10, 1 << 20, 2 << 20)]
    public void Terms_out_of_bounds_are_refused_before_anything_is_said(int frame, int window, int instance)
    {
        var (dialled, accepted) = LinkPair.Sockets();
        using var wire = new WireStream(dialled);

        Assert.Throws<ArgumentOutOfRangeException>(() => LinkConnection.Dial(wire, wire, Own with { Terms = new LinkTerms(77, frame, window, instance) }));

        // The connection is closed, as after any other error.
        accepted.ReceiveTimeout = 60_000;
        Assert.Equal(0, accepted.Receive(new byte[1]));
        accepted.Dispose();
    }

    private static async Task<(Exception? Accepting, Exception? Dialling)> Greet(LinkHello dialled, LinkHello own, Func<LinkHello, string?> objection)
    {
        var (dialledSocket, acceptedSocket) = LinkPair.Sockets();
        using var dialledWire = new WireStream(dialledSocket);
        using var acceptedWire = new WireStream(acceptedSocket);
        var accepting = Task.Run(() => Record.Exception(() => LinkConnection.Accept(acceptedWire, acceptedWire, own.ReceiverUid, own.Terms, objection)));
        var dialling = Record.Exception(() => LinkConnection.Dial(dialledWire, dialledWire, dialled));
        return (await accepting, dialling);
    }
}
