namespace Pipeline.Nic.Headers;

/// <summary>
/// The target that a filter is compiled for: a link type and, in some cases, a byte order. The order matters where filters look at a number
/// in the link header that is in the order of the capturing machine. All other filters are the same for either order, so they are compiled
/// once.
/// </summary>
public readonly record struct LinkLayer
{
    /// <summary>OpenBSD's enc. Its header begins with the address family, as BSD loopback's does (LINKTYPE_ENC).</summary>
    private const LinkType Enc = (LinkType)109;

    /// <summary>Keeps the byte order for the link types that have numbers in it. For all others the two orders are equal.</summary>
    /// <param name="type">The link type.</param>
    /// <param name="isBigEndian">The byte order of the capturing machine. An interface has it.</param>
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
