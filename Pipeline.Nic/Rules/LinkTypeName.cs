using Pipeline.Nic.Devices;

namespace Pipeline.Nic.Rules;

/// <summary>Link types as messages name them.</summary>
internal static class LinkTypeName
{
    public static string Of(LinkType linkType) => Enum.IsDefined(linkType) ? $"{(int)linkType} ({linkType})" : $"{(int)linkType}";
}
