using System.Net;
using System.Text.RegularExpressions;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Printing;

/// <summary>Lines of public captures beside tcpdump's: the same packets, and the same addresses, ports, flags and lengths.</summary>
public sealed partial class PrintCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FactThatNeeds(Need.Corpus | Need.Tcpdump)]
    public void Every_capture_that_tcpdump_reads_is_printed_with_its_addresses_ports_flags_and_lengths()
    {
        var different = new List<string>();
        var compared = Corpus.Table("oracle.tsv").Select(r => r["file"]).Sum(f => Compare(f, different));

        Assert.True(different.Count == 0, string.Join('\n', different.Take(60)));
        Assert.True(compared > 40_000, $"{compared} lines were compared");
    }

    private int Compare(string file, List<string> different)
    {
        var path = Corpus.CapturePath(file);
        var brief = Lines(Tool.Run("tcpdump", "-n", "-q", "-t", "-r", path).Output);
        var long_ = Lines(Tool.Run("tcpdump", "-n", "-t", "-S", "-r", path).Output);
        var ours = Lines(Print(path));
        // tcpdump gives up a file with several link types, and some of what it prints has several lines.
        if (brief.Count != ours.Count || long_.Count != ours.Count) return 0;
        for (var i = 0; i < ours.Count; i++)
        {
            if (Says(ours[i], brief[i]) && Says(ours[i], long_[i])) continue;
            different.Add($"{file}, packet {i + 1}:\n  {ours[i]}\n  {brief[i]}\n  {long_[i]}");
            if (different.Count(d => d.StartsWith(file, StringComparison.Ordinal)) > 2) break;
        }

        return ours.Count;
    }

    private string Print(string path)
    {
        using (var nic = CaptureFileNic.Open(path))
        {
            using var consumer = new PrintConsumer(Printed.Plain, OutputFile.Create(_folder["out"], null));
            try
            {
                ReadBack.Each(nic, consumer, _ => { });
            }
            catch (IOException)
            {
                // Captures that break off have packets too.
            }
        }

        return File.ReadAllText(_folder["out"]);
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Where(l => l.Length > 0 && !char.IsWhiteSpace(l[0]))];

    /// <summary>Whether our line says all that we read out of tcpdump's.</summary>
    private static bool Says(string ours, string tcpdumps)
    {
        // Link types and tags that nothing here parses, and options that tcpdump gives up.
        if (ours.StartsWith("link-type", StringComparison.Ordinal) || ours.Contains("ethertype 0x88e5", StringComparison.Ordinal) || tcpdumps.Contains("[|dstopt]", StringComparison.Ordinal))
            return true;
        tcpdumps = Behind().Replace(tcpdumps, "$1.$4 > $2.$5: $6");
        var their = Ip().Match(tcpdumps);
        if (!their.Success) return !Arp().IsMatch(tcpdumps) || Arp().Match(ours).Value == Arp().Match(tcpdumps).Value;
        var our = Ip().Match(ours);
        if (!our.Success || our.Groups[1].Value != their.Groups[1].Value) return false;
        if (Endpoint(our.Groups[2].Value) != Endpoint(their.Groups[2].Value) || Endpoint(our.Groups[3].Value) != Endpoint(their.Groups[3].Value)) return false;
        var said = Said().Match(their.Groups[4].Value);
        return !said.Success || said.Groups.Values.Skip(1).Where(g => g.Success).All(g => ours.Contains(g.Value, StringComparison.Ordinal) || ours.EndsWith($"length {g.Value}", StringComparison.Ordinal));
    }

    private static string Endpoint(string text)
    {
        var parts = text.Split('.');
        var isV6 = text.Contains(':');
        var addressParts = isV6 && parts.Length <= 2 ? 1 : 4;
        return $"{IPAddress.Parse(string.Join('.', parts.Take(addressParts)))} {string.Join('.', parts.Skip(addressParts))}";
    }

    /// <summary>Behind extension headers tcpdump prints the ports after them.</summary>
    [GeneratedRegex(@"^(IP6 \S+) > (\S+): ((?:\S+ )*?(?:\([^)]*\):? )?)(\d+) > (\d+): (.*)$")]
    private static partial Regex Behind();

    [GeneratedRegex(@"^(?:vlan .*?, )?(IP6?) (\S+) > (\S+?): (.*)$")]
    private static partial Regex Ip();

    [GeneratedRegex(@"ARP, (Request who-has [0-9.]+ tell [0-9.]+|Reply [0-9.]+ is-at [0-9a-f:]+), length \d+$")]
    private static partial Regex Arp();

    /// <summary>The flags of TCP, and the lengths of TCP, UDP and ICMP in tcpdump's short lines and long ones.</summary>
    [GeneratedRegex(@"^(?:(Flags \[[^\]]*\]).*|tcp (\d+)|(UDP, length \d+)|ICMP.*, (length \d+))$")]
    private static partial Regex Said();
}
