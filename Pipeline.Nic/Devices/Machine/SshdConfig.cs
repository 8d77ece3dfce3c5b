using System.Globalization;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>What a configuration of sshd says about ports (sshd_config(5)).</summary>
internal static class SshdConfig
{
    /// <summary>
    /// The ports of <c>Port</c> and of <c>ListenAddress</c> with a port, in their order. What is unknown or wrong is passed over.
    /// </summary>
    public static IEnumerable<int> PortsOf(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r', '=', '"'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || words[0].StartsWith('#')) continue;
            var port = words[0].ToUpperInvariant() switch { "PORT" => words[1], "LISTENADDRESS" => PortIn(words[1]), _ => "" };
            if (ushort.TryParse(port, CultureInfo.InvariantCulture, out var number) && number > 0) yield return number;
        }
    }

    /// <summary>Of <c>host:port</c> and <c>[address]:port</c>; an address of IPv6 by itself has more colons.</summary>
    private static string PortIn(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && (address[colon - 1] == ']' || address.IndexOf(':') == colon) ? address[(colon + 1)..] : "";
    }
}
