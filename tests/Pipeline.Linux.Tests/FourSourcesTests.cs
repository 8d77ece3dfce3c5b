using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>The same packets, the same rules, the same routes: it does not matter where packets come from.</summary>
public sealed class FourSourcesTests : IDisposable
{
    /// <summary>The sender of the packets. What the kernel itself sends on the wire has another.</summary>
    private static readonly byte[] Sender = [2, 0, 0, 0, 0, 0xaa];

    private const string Ours = "6:ffffffff:02000000 10:ffff:00aa";

    /// <summary>Bits that are added, ranges of addresses, a step, a filter, and a rule that leaves its packets to the stack.</summary>
    private static readonly string Rules = $"""
        rule tagged match {Ours} 12:ffff:8100 mark 0x100/0x100 continue
        rule dns    match {Ours} l3+9:ff:11 l4+2:ffff:0035 mark 1
        rule net    match {Ours} l3+0:f0:40 l3+12:ffff0000:0a090000 mark 1/0xff
        rule step   match {Ours} [14:0f<<2]+16:ffff:1f90 mark 2
        rule text   filter "ether src 02:00:00:00:00:aa and ip6" mark 1
        rule rest   match {Ours} mark 3
        """;

    private static readonly string[] Names = ["tagged", "dns", "net", "step", "text", "rest"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FactThatNeeds(Need.Root | Need.Libpcap)]
    public async Task A_capture_the_simulator_and_an_interface_copied_and_taken_give_the_same_counts()
    {
        using var hosts = new TwoHosts();
        var packets = Packets(hosts).ToList();
        var capture = new CaptureBytes().PcapHeader();
        for (var i = 0; i < packets.Count; i++) capture.PcapRecord(1_700_000_000, (uint)i, packets[i]);
        File.WriteAllBytes(_folder["in.pcap"], capture.ToArray());
        File.WriteAllText(_folder["rules"], Rules);

        var counts = new Dictionary<string, string>
        {
            ["capture"] = Counts(Ended(hosts, "file = in.pcap")),
            ["simulator"] = Counts(Ended(hosts, "sim { capture = in.pcap }")),
            ["copied"] = Counts(await Live(hosts, packets, "backend = afpacket")),
            ["native"] = Counts(await Live(hosts, packets, "backend = afxdp, mode = native")),
            ["generic"] = Counts(await Live(hosts, packets, "backend = afxdp, mode = generic")),
        };

        Assert.DoesNotContain(":0/", counts["capture"]);
        Assert.All(counts, c => Assert.Equal((c.Key, counts["capture"]), (c.Key, c.Value)));
    }

    /// <summary>Packets of many sizes, ports and addresses, some tagged, some with options, of IPv4, IPv6 and neither.</summary>
    private static IEnumerable<byte[]> Packets(TwoHosts hosts)
    {
        var to = hosts.NearAddress;
        for (var i = 0; i < 200; i++)
        {
            var udp = Frames.UdpHeader(1000 + i, i % 5 == 0 ? 53 : i % 5 == 1 ? 8080 : 2000 + i, i * 6);
            var ip = Frames.Ip4(17, $"10.{8 + (i % 3)}.0.{i}", TwoHosts.Here4, udp);
            yield return (i % 7) switch
            {
                0 => Frames.Ethernet(to, Sender, 0x8100, [0, 5, 8, 0, .. ip]),
                1 => Frames.Ethernet(to, Sender, 0x86dd,
                    [0x60, 0, 0, 0, (byte)(udp.Length >> 8), (byte)udp.Length, 17, 64, .. new byte[32], .. udp]),
                2 => Frames.Ethernet(to, Sender, 0x88b5, udp),
                _ => Frames.Ethernet(to, Sender, 0x0800, ip),
            };
        }
    }

    private string Configuration(string source)
    {
        File.WriteAllText(_folder["run.conf"], $$"""
            pipeline {
              source { {{source}} }
              rules = rules
              consumers {
                one { kind = bypass, handler = count }
                two { kind = bypass, handler = count }
              }
              routes = [{ mark = "1/0xff", to = one }, { mark = "2/0xff", to = two }]
            }
            """);
        return _folder["run.conf"];
    }

    private JsonElement Ended(TwoHosts hosts, string source)
    {
        var result = LiveRun.Run(hosts.Here, "run", "--json", "--config", Configuration(source));
        Assert.True(result.ExitCode == 0, result.Errors);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private async Task<JsonElement> Live(TwoHosts hosts, List<byte[]> packets, string source)
    {
        using var run = LiveRun.Start(hosts.Here, "--config", Configuration($"interface = {TwoHosts.Near}, {source}"));
        await run.IsReady();
        foreach (var packet in packets) hosts.Send(packet);
        await run.Shows(s => Names.Skip(1).Sum(name => s.Packets("rules", name)) >= packets.Count);
        return await run.End();
    }

    /// <summary>What each rule and each consumer had, packets and bytes.</summary>
    private static string Counts(JsonElement report) => string.Join(' ', new[] { "rules", "consumers" }
        .SelectMany(list => report.GetProperty(list).EnumerateArray())
        .Where(e => e.GetProperty("name").GetString() != "stack")
        .Select(e => $"{e.GetProperty("name").GetString()}:{e.GetProperty("packets").GetInt64()}/{e.GetProperty("bytes").GetInt64()}"));
}
