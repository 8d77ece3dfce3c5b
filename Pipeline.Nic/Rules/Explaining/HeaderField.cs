namespace Pipeline.Nic.Rules.Explaining;

/// <summary>A field of a header, by its place. Sources: IEEE 802.3, RFC 791, RFC 8200, RFC 9293, RFC 768, RFC 792.</summary>
/// <param name="Width">Bytes that a term must read.</param>
/// <param name="Mask">The bits of those bytes that make up the field; 0 where a term may compare any of them.</param>
internal sealed record HeaderField(HeaderPlace Header, int Offset, int Width, ulong Mask, string Name, FieldFormat Format)
{
    private static readonly HeaderField[] Known =
    [
        new(HeaderPlace.Ethernet, 0, 6, 0xffffffffffff, "Ethernet destination", FieldFormat.Mac),
        new(HeaderPlace.Ethernet, 6, 6, 0xffffffffffff, "Ethernet source", FieldFormat.Mac),
        new(HeaderPlace.Ethernet, 12, 2, 0xffff, "Ethernet type", FieldFormat.EtherType),
        new(HeaderPlace.Network, 0, 1, 0xf0, "IP version", FieldFormat.HighNibble),
        new(HeaderPlace.Network, 0, 1, 0x0f, "IPv4 header length in words", FieldFormat.Decimal),
        new(HeaderPlace.Network, 2, 2, 0xffff, "IPv4 total length", FieldFormat.Decimal),
        new(HeaderPlace.Network, 6, 2, 0x1fff, "IPv4 fragment offset", FieldFormat.Decimal),
        new(HeaderPlace.Network, 6, 2, 0x4000, "IPv4 don't-fragment bit", FieldFormat.Bit),
        new(HeaderPlace.Network, 6, 2, 0x2000, "IPv4 more-fragments bit", FieldFormat.Bit),
        new(HeaderPlace.Network, 6, 1, 0xff, "IPv6 next header", FieldFormat.Protocol),
        new(HeaderPlace.Network, 8, 1, 0xff, "IPv4 time to live", FieldFormat.Decimal),
        new(HeaderPlace.Network, 9, 1, 0xff, "IPv4 protocol", FieldFormat.Protocol),
        new(HeaderPlace.Network, 12, 4, 0, "IPv4 source", FieldFormat.IPv4),
        new(HeaderPlace.Network, 16, 4, 0, "IPv4 destination", FieldFormat.IPv4),
        new(HeaderPlace.Protocol, 0, 1, 0xff, "protocol behind IP and its extension headers", FieldFormat.Protocol),
        new(HeaderPlace.LaterFragment, 0, 1, 0xff, "protocol of the datagram that this is a later fragment of", FieldFormat.Protocol),
        new(HeaderPlace.Transport, 0, 2, 0xffff, "source port", FieldFormat.Decimal),
        new(HeaderPlace.Transport, 2, 2, 0xffff, "destination port", FieldFormat.Decimal),
        new(HeaderPlace.Transport, 0, 1, 0xff, "ICMP type", FieldFormat.Decimal),
        new(HeaderPlace.Transport, 13, 1, 0, "TCP flags", FieldFormat.TcpFlags),
    ];

    /// <summary>The field that a term compares, or null.</summary>
    public static HeaderField? Of(Term term, FieldPlace place) => Known.FirstOrDefault(f =>
        f.Header == place.Header && f.Offset == place.Offset && f.Width == term.Width && (f.Mask == 0 || f.Mask == term.Mask));
}
