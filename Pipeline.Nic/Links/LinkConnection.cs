namespace Pipeline.Nic.Links;

/// <summary>
/// A connection over which both ends have said hello and agree. Give it to a <see cref="LinkSender"/> or a <see cref="LinkReceiver"/>,
/// which own it from then on.
/// </summary>
public sealed class LinkConnection : IDisposable
{
    private LinkConnection(WireStream wire, Stream stream, LinkHello hello) => (Wire, Stream, Hello) = (wire, stream, hello);

    /// <summary>What was agreed.</summary>
    public LinkHello Hello { get; }

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
    /// <exception cref="LinkRefusedException">The other end does not agree.</exception>
    /// <exception cref="IOException">The connection broke, or the other end does not answer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the terms is outside of its bounds.</exception>
    public static LinkConnection Dial(WireStream wire, Stream stream, LinkHello hello)
    {
        return Greet(wire, stream, () =>
        {
            hello.Terms.Check();
            Say(stream, hello);
            hello.CheckSame(Hear(stream, wire));
            return hello;
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
    /// <exception cref="LinkRefusedException">The two do not agree.</exception>
    /// <exception cref="IOException">The connection broke, or the other end says nothing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the terms is outside of its bounds.</exception>
    public static LinkConnection Accept(WireStream wire, Stream stream, long ownUid, LinkTerms terms, Func<LinkHello, string?> objection)
    {
        return Greet(wire, stream, () =>
        {
            terms.Check();
            var heard = Hear(stream, wire);
            var hello = heard with { ReceiverUid = ownUid, Terms = terms };
            if (objection(heard) is { } words) throw new LinkRefusedException(words);

            // The answer goes out even where it differs, so that the other end can say what differs, too.
            Say(stream, hello);
            hello.CheckSame(heard);
            return hello;
        });
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => Stream.Dispose();

    private static LinkConnection Greet(WireStream wire, Stream stream, Func<LinkHello> agree)
    {
        try
        {
            return new LinkConnection(wire, stream, agree());
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
