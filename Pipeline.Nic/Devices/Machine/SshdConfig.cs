using System.Globalization;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>The ports in a configuration of sshd (sshd_config(5)).</summary>
internal static class SshdConfig
{
    /// <summary>
    /// The ports of <c>Port</c> and of <c>ListenAddress</c> with a port, in their order. Unknown and wrong lines are skipped.
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

    /// <summary>The port in <c>host:port</c> and <c>[address]:port</c>. An IPv6 address by itself has more colons.</summary>
    private static string PortIn(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && (address[colon - 1] == ']' || address.IndexOf(':') == colon) ? address[(colon + 1)..] : "";
    }
}
