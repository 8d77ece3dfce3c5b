using System.Buffers.Binary;

namespace Pipeline.Nic.Links;

/// <summary>What the two ends of a link tell each other first.</summary>
/// <param name="SenderUid">The node that dialled and sends bundles.</param>
/// <param name="ReceiverUid">The node that was dialled.</param>
/// <param name="Epoch">Rises with every dial from one node to another. So frames of an earlier link are never taken for this one's.</param>
/// <param name="Terms">What the two must agree about.</param>
public sealed record LinkHello(long SenderUid, long ReceiverUid, long Epoch, LinkTerms Terms)
{
    internal void Write(Span<byte> to)
    {
        to[..LinkLayout.HelloBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(to, LinkLayout.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], LinkLayout.Protocol);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], Terms.FrameLimit);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], SenderUid);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], ReceiverUid);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(to[40..], Terms.WireTypes);
        BinaryPrimitives.WriteInt32LittleEndian(to[48..], Terms.Window);
        BinaryPrimitives.WriteInt32LittleEndian(to[52..], Terms.InstanceWindow);
    }

    /// <param name="from">Exactly a hello's bytes.</param>
    /// <exception cref="LinkRefusedException">It is no hello, or one of another protocol.</exception>
    internal static LinkHello Read(ReadOnlySpan<byte> from)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(from) != LinkLayout.Magic)
            throw new LinkRefusedException("the other end does not speak the protocol of links: its first 8 bytes are not PIPELINK");
        var protocol = BinaryPrimitives.ReadUInt32LittleEndian(from[8..]);
        if (protocol != LinkLayout.Protocol)
            throw new LinkRefusedException($"the other end speaks protocol {protocol}; this node speaks {LinkLayout.Protocol}");
        if (BinaryPrimitives.ReadUInt64LittleEndian(from[56..]) != 0)
            throw new LinkRefusedException("the hello's reserved bytes are not 0");
        var terms = new LinkTerms(
            BinaryPrimitives.ReadUInt64LittleEndian(from[40..]), BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[48..]), BinaryPrimitives.ReadInt32LittleEndian(from[52..]));
        return new LinkHello(
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]), BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]), terms);
    }

    /// <summary>Compares with what the other end said.</summary>
    /// <exception cref="LinkRefusedException">Something differs.</exception>
    internal void CheckSame(LinkHello other)
    {
        CheckSame("the sender's UID", SenderUid, other.SenderUid);
        CheckSame("the receiver's UID", ReceiverUid, other.ReceiverUid);
        CheckSame("the link's epoch", Epoch, other.Epoch);
        CheckSame("the limit of a frame", Terms.FrameLimit, other.Terms.FrameLimit);
        CheckSame("the hash of the wire types", Terms.WireTypes, other.Terms.WireTypes);
        CheckSame("the link's window", Terms.Window, other.Terms.Window);
        CheckSame("an instance's window", Terms.InstanceWindow, other.Terms.InstanceWindow);
    }

    private static void CheckSame<T>(string what, T here, T there)
        where T : IEquatable<T>
    {
        if (!here.Equals(there)) throw new LinkRefusedException($"{what} is {there} at the other end, and {here} here");
    }
}
