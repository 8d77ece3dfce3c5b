namespace Pipeline.Nic.Links;

/// <summary>
/// A connection over which both ends have said hello and agree. Give it to a <see cref="LinkSender"/> or a <see cref="LinkReceiver"/>,
/// which own it from then on.
/// </summary>
public sealed class LinkConnection : IDisposable
{
    private LinkConnection(WireStream wire, Stream stream, LinkHello hello, LinkLastWords? lastWords) =>
        (Wire, Stream, Hello, LastWords) = (wire, stream, hello, lastWords);

    /// <summary>What was agreed.</summary>
    public LinkHello Hello { get; }

    /// <summary>
    /// What the node that was dialled says of an earlier link from the one that dialled. There it is for the <see cref="LinkSender.Close"/>
    /// of the sender whose epoch it has. Null where there was no earlier link.
    /// </summary>
    public LinkLastWords? LastWords { get; }

    internal WireStream Wire { get; }

    /// <summary>The wire, or TLS over it.</summary>
    internal Stream Stream { get; }

    /// <summary>
    /// Says hello as the node that dialled and will send. Blocks until the other end has answered, for the wire's patience at most. After
    /// an error the connection is closed.
    /// </summary>
    /// <param name="wire">The connection.</param>
    /// <param name="stream">An authenticated TLS stream over the wire, or the wire itself.</param>
    /// <param name="hello">Both nodes, and an epoch above that of every earlier link between them in this direction.</param>
    /// <exception cref="LinkRefusedException">The other end does not agree, or its last words are malformed.</exception>
    /// <exception cref="IOException">The connection broke, or the other end does not answer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the terms is outside of its bounds.</exception>
    public static LinkConnection Dial(WireStream wire, Stream stream, LinkHello hello)
    {
        return Greet(wire, stream, () =>
        {
            hello.Terms.Check();
            Say(stream, hello);
            hello.CheckSame(Hear(stream, wire));
            return (hello, LastWordsFrame.Read(stream, hello));
        });
    }

    /// <summary>Answers a hello as the node that was dialled and will receive, under the same terms.</summary>
    /// <param name="wire">The connection.</param>
    /// <param name="stream">An authenticated TLS stream over the wire, or the wire itself.</param>
    /// <param name="ownUid">This node's.</param>
    /// <param name="terms">What this node wants.</param>
    /// <param name="objection">
    /// Says why the node that dialled, or its epoch, is not welcome, or null: an unknown node, or an epoch that is not above the last one.
    /// </param>
    /// <param name="lastWords">
    /// Asked once the node that dialled is welcome: the last words of this node's latest link from it, or null where there was none. Where
    /// they cannot be taken yet, object instead: a node that is told of none takes back what was processed here.
    /// </param>
    /// <exception cref="LinkRefusedException">The two do not agree.</exception>
    /// <exception cref="IOException">The connection broke, or the other end says nothing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the terms is outside of its bounds.</exception>
    /// <exception cref="ArgumentException">The last words are not about an earlier link between the two.</exception>
    public static LinkConnection Accept(WireStream wire, Stream stream, long ownUid, LinkTerms terms, Func<LinkHello, string?> objection,
        Func<LinkHello, LinkLastWords?>? lastWords = null)
    {
        return Greet(wire, stream, () =>
        {
            terms.Check();
            var heard = Hear(stream, wire);
            var hello = heard with { ReceiverUid = ownUid, Terms = terms };
            if (objection(heard) is { } words) throw new LinkRefusedException(words);
            var last = lastWords?.Invoke(heard);
            var frame = LastWordsFrame.Write(last, hello);

            // The answer goes out even where it differs, so that the other end can say what differs, too.
            Say(stream, hello);
            hello.CheckSame(heard);
            stream.Write(frame);
            stream.Flush();
            return (hello, last);
        });
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => Stream.Dispose();

    private static LinkConnection Greet(WireStream wire, Stream stream, Func<(LinkHello Hello, LinkLastWords? LastWords)> agree)
    {
        try
        {
            var (hello, lastWords) = agree();
            return new LinkConnection(wire, stream, hello, lastWords);
        }
        catch
        {
            stream.Dispose();
            wire.Dispose();
            throw;
        }
    }

    private static void Say(Stream stream, LinkHello hello)
    {
        Span<byte> bytes = stackalloc byte[LinkLayout.HelloBytes];
        hello.Write(bytes);
        stream.Write(bytes);
        stream.Flush();
    }

    private static LinkHello Hear(Stream stream, WireStream wire)
    {
        Span<byte> bytes = stackalloc byte[LinkLayout.HelloBytes];
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw new LinkRefusedException($"{wire.Peer}: the other end closed the connection instead of saying hello");
        }

        return LinkHello.Read(bytes);
    }
}
