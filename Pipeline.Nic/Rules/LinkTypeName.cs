using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules;

/// <summary>Link types as messages name them.</summary>
internal static class LinkTypeName
{
    public static string Of(LinkType linkType) => Enum.IsDefined(linkType) ? $"{(int)linkType} ({linkType})" : $"{(int)linkType}";

    /// <summary>With the byte order of the machine that captured, where that is not this machine's and makes a difference.</summary>
    public static string Of(LinkLayer link) =>
        Of(link.Type) + (!link.IsSwapped ? "" : BitConverter.IsLittleEndian ? ", big-endian" : ", little-endian");
}
