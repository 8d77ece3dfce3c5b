using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>Hosts as they are written in addresses of the web: a name, or a numeric address.</summary>
public static class HostNames
{
    /// <summary>The limits of a name (RFC 1035, section 2.3.4) and of its labels.</summary>
    private const int LongestName = 253, LongestLabel = 63;

    internal static readonly Reading<string> Reading = new(
        "a name or an address without a port, such as pipeline.example",
        (string text, [MaybeNullWhen(false)] out string value) =>
        {
            value = text;
            return IsHost(text);
        });

    /// <summary>Whether a text is the name of a host: labels of ASCII letters, digits, - and _, with dots between them.</summary>
    public static bool IsName(string text)
    {
        var name = text.EndsWith('.') ? text[..^1] : text;
        return name.Length is > 0 and <= LongestName && name.Split('.').All(label => label.Length is > 0 and <= LongestLabel && label.All(IsOfName));
    }

    /// <summary>Whether a text is a name or a numeric address. IPv6 has no brackets here.</summary>
    internal static bool IsHost(string text) =>
        IsName(text) || (!text.Contains('%') && !text.StartsWith('[') && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6);

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
