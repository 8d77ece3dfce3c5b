using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules;

/// <summary>Link types as messages name them.</summary>
internal static class LinkTypeName
{
    public static string Of(LinkType linkType) => Enum.IsDefined(linkType) ? $"{(int)linkType} ({linkType})" : $"{(int)linkType}";

    /// <summary>The name, with the byte order of the capturing machine where that differs from this machine's and matters.</summary>
    public static string Of(LinkLayer link) =>
        Of(link.Type) + (!link.IsSwapped ? "" : BitConverter.IsLittleEndian ? ", big-endian" : ", little-endian");
}
