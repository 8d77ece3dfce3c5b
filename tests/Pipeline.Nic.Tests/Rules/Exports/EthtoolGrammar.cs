using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>
/// The part of ethtool(8) that exports use, as its manual has it under <c>-N --config-nfc --config-ntuple</c>:
/// <code>
/// ethtool -N devname flow-type ether|ip4|tcp4|udp4|sctp4|ip6|tcp6|udp6|sctp6
///     [src xx:yy:zz:aa:bb:cc [m xx:yy:zz:aa:bb:cc]] [dst xx:yy:zz:aa:bb:cc [m xx:yy:zz:aa:bb:cc]] [proto N [m N]]
///     [src-ip ip-address [m ip-address]] [dst-ip ip-address [m ip-address]] [tos N [m N]] [l4proto N [m N]]
///     [src-port N [m N]] [dst-port N [m N]] [dst-mac xx:yy:zz:aa:bb:cc [m xx:yy:zz:aa:bb:cc]] [action N] [loc N]
/// </code>
/// </summary>
internal static partial class EthtoolGrammar
{
    /// <summary>What the manual says of each field: "Valid only for flow-type ether", "Valid for all IP based flow-types", and so on.</summary>
    private static readonly Dictionary<string, (Func<string, bool> IsValidFor, Func<string, string, bool> IsValue)> Fields = new()
    {
        ["src"] = (flow => flow == "ether", IsMac),
        ["dst"] = (flow => flow == "ether", IsMac),
        ["proto"] = (flow => flow == "ether", IsNumber(0xffff)),
        ["src-ip"] = (flow => flow != "ether", IsAddress),
        ["dst-ip"] = (flow => flow != "ether", IsAddress),
        ["tos"] = (flow => flow.EndsWith('4'), IsNumber(0xff)),
        ["l4proto"] = (flow => flow is "ip4" or "ip6", IsNumber(0xff)),
        ["src-port"] = (flow => flow is not ("ether" or "ip6"), IsNumber(0xffff)),
        ["dst-port"] = (flow => flow is not ("ether" or "ip6"), IsNumber(0xffff)),
        ["dst-mac"] = (flow => flow != "ether", IsMac),
    };

    /// <returns>What is wrong with a command; null where it is as the manual says.</returns>
    public static string? FaultOf(string command)
    {
        var words = command.Split(' ');
        if (words is not ["ethtool", "-N", { Length: > 0 }, "flow-type", var flow, ..]) return "it does not begin as it should";
        if (flow is not ("ether" or "ip4" or "tcp4" or "udp4" or "sctp4" or "ip6" or "tcp6" or "udp6" or "sctp6")) return $"{flow} is no flow";
        if (words is not [.., "action", var action, "loc", var location] || !IsNumber(ushort.MaxValue)(flow, action) || !IsNumber(ushort.MaxValue)(flow, location)) return "it does not end as it should";
        var seen = new HashSet<string>();
        for (var at = 5; at < words.Length - 4;)
        {
            if (!Fields.TryGetValue(words[at], out var field) || !field.IsValidFor(flow)) return $"{words[at]} is no field of {flow}";
            if (!seen.Add(words[at])) return $"{words[at]} is there twice";
            if (!field.IsValue(flow, words[at + 1])) return $"{words[at + 1]} is no {words[at]}";
            var masked = words[at + 2] == "m";
            if (masked && !field.IsValue(flow, words[at + 3])) return $"{words[at + 3]} is no mask of {words[at]}";
            at += masked ? 4 : 2;
        }

        return null;
    }

    private static bool IsMac(string flow, string word) => Mac().IsMatch(word);

    private static bool IsAddress(string flow, string word) =>
        IPAddress.TryParse(word, out var address) && address.AddressFamily == (flow.EndsWith('4') ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);

    /// <summary>As strtoull takes it with a base of 0, which reads a leading 0 as octal; exports write hexadecimal or decimal.</summary>
    private static Func<string, string, bool> IsNumber(ulong most) => (_, word) =>
        (word.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : (word == "0" || !word.StartsWith('0')) & ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number)) && number <= most;

    [GeneratedRegex("^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")]
    private static partial Regex Mac();
}
