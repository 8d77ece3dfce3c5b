namespace Pipeline.Nic.Headers;

/// <summary>
/// What a filter is compiled for: a link type and, where its header has a number that filters look at in the byte order of the machine that
/// captured, that order. Everything else is the same for either order, so that it is compiled once.
/// </summary>
public readonly record struct LinkLayer
{
    /// <summary>OpenBSD's enc, whose header begins with the address family as that of BSD loopback does (LINKTYPE_ENC).</summary>
    private const LinkType Enc = (LinkType)109;

    /// <summary>Takes the byte order for the link types that have numbers in it; for all others the two orders are equal.</summary>
    /// <param name="type">The link type.</param>
    /// <param name="isBigEndian">The byte order of the machine that captured (an interface says it).</param>
    public LinkLayer(LinkType type, bool isBigEndian)
    {
        Type = type;
        IsSwapped = type is LinkType.Null or Enc && isBigEndian == BitConverter.IsLittleEndian;
    }

    /// <summary>What packets start with.</summary>
    public LinkType Type { get; }

    /// <summary>Whether the address family in its header is in the other byte order than this machine's.</summary>
    public bool IsSwapped { get; }

    /// <summary>Packets captured on this machine, or on one of its byte order.</summary>
    public static implicit operator LinkLayer(LinkType type) => FromLinkType(type);

    /// <inheritdoc cref="op_Implicit(LinkType)"/>
    public static LinkLayer FromLinkType(LinkType type) => new(type, !BitConverter.IsLittleEndian);
}
