using System.Buffers.Binary;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>Handlers as users have them: named in a configuration, loaded by the program.</summary>
public sealed class HandlerTests : IDisposable
{
    private static readonly string Sample = Path.Combine(Repository.Root, "samples", "Handler");

    /// <summary>The sample, built with this test's configuration.</summary>
    private static readonly string Assembly = Path.Combine(Sample, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Handler.dll");

    private readonly TemporaryFolder _folder = new();

    public HandlerTests()
    {
        var capture = new CaptureBytes().PcapHeader();
        foreach (var packet in new[] { Udp(1000, 53), Udp(53, 1000), Udp(1001, 53), Udp(1002, 5353) }) capture.PcapRecord(1_700_000_000, 0, packet);
        File.WriteAllBytes(_folder["dns.pcap"], capture.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("port = 53", 2)]
    [InlineData("port = 5353", 1)]
    public void The_sample_counts_what_its_options_say(string option, int queries)
    {
        var text = File.ReadAllText(Path.Combine(Sample, "dns.conf"));
        Assert.Contains("bin/Debug/net10.0/Handler.dll", text);
        File.WriteAllText(_folder["dns.conf"], text.Replace("bin/Debug/net10.0/Handler.dll", Assembly).Replace("port = 53", option));

        var result = Run("--json");

        Assert.True(result.ExitCode == 0, result.Errors);
        using var report = JsonDocument.Parse(result.Output);
        var consumer = report.RootElement.GetProperty("consumers").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "dns");
        Assert.Equal(queries, consumer.GetProperty("counters").GetProperty("dns-queries").GetInt32());
        Assert.Equal((4, 0), (consumer.GetProperty("packets").GetInt32(), consumer.GetProperty("restarts").GetInt32()));
        Assert.Contains($"    dns-queries {queries}\n", result.Errors);
    }

    [Fact]
    public void The_sample_is_under_15_lines_without_usings()
    {
        var lines = File.ReadAllLines(Path.Combine(Sample, "DnsQueries.cs")).Where(l => !l.StartsWith("using", StringComparison.Ordinal)).SkipWhile(l => l.Length == 0).ToList();

        Assert.InRange(lines.Count, 5, 14);
    }

    [Theory]
    [InlineData("handler = \"Samples.DnsQueries, absent.dll\"", 66, ":3:", "absent.dll: no such file")]
    [InlineData("handler = \"Samples.DnsQuery, SAMPLE\"", 65, ":3:", "there is no type `Samples.DnsQuery`")]
    [InlineData("handler = \"Samples.DnsQuery, SAMPLE\"", 65, ":3:", "help: did you mean `Samples.DnsQueries`?")]
    [InlineData("handler = \"Samples.DnsQueries, dns.pcap\"", 65, ":3:", "dns.pcap: is no .NET assembly")]
    [InlineData("handler = \"Samples.DnsQueries, SAMPLE\", options { prot = 1 }", 65, ":3:", "the handler has no option `prot`")]
    [InlineData("handler = \"Samples.DnsQueries, SAMPLE\", options { port = x }", 65, ":3:", "`port` is `x`; expected a whole number")]
    public void What_is_wrong_with_a_handler_ends_the_run_with_its_place(string handler, int code, string place, string words)
    {
        Configure(handler);

        var result = Run();

        Assert.Equal(code, result.ExitCode);
        Assert.Contains(_folder["dns.conf"] + place, result.Errors);
        Assert.Contains(words, result.Errors);
    }

    [Theory]
    [InlineData("handler = \"Samples.DnsQueries, absent.dll\"", "absent.dll: no such file")]
    [InlineData("handler = \"Samples.DnsQuery, SAMPLE\"", "there is no type `Samples.DnsQuery`")]
    public void Check_tells_what_is_wrong_with_a_handler(string handler, string words)
    {
        Configure(handler);

        var result = BuiltProgram.Run("check", _folder["dns.conf"]);

        Assert.Equal(65, result.ExitCode);
        Assert.Contains($"{_folder["dns.conf"]}:3:", result.Errors);
        Assert.Contains(words, result.Errors);
        Assert.Contains("1 error, 0 warnings", result.Errors);
    }

    [FactThatNeeds(Need.Root)]
    public void Forwarding_to_an_interface_that_is_not_there_ends_with_66()
    {
        Configure("handler = forward, to = \"if:plxnone\"");

        var result = Run();

        Assert.Equal(66, result.ExitCode);
        Assert.Contains("if:plxnone: there is no interface plxnone", result.Errors);
    }

    [Fact]
    public void Flows_are_written_beside_the_configuration()
    {
        Configure("handler = flows, write = flows.csv");

        var result = Run();

        Assert.True(result.ExitCode == 0, result.Errors);
        var lines = File.ReadAllLines(_folder["flows.csv"]);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("0x0800,udp,10.0.0.1,1000,10.0.0.2,53,1,42,1,42,", lines[1]);
        Assert.Contains("flows.csv: 3 flows", result.Errors);
    }

    [Fact]
    public void Flows_whose_file_cannot_be_made_end_with_73()
    {
        Configure("handler = flows, write = absent/flows.csv");

        Assert.Equal(73, Run().ExitCode);
    }

    private void Configure(string handler) =>
        File.WriteAllText(_folder["dns.conf"], $"pipeline {{\n  routes = [ {{ to = dns }} ]\n  consumers.dns {{ kind = bypass, {handler.Replace("SAMPLE", Assembly)} }}\n}}\n");

    private Tool.Result Run(params string[] more) => BuiltProgram.Run(["run", "--config", _folder["dns.conf"], "-r", _folder["dns.pcap"], .. more]);

    /// <summary>A UDP datagram without payload between 10.0.0.1 and 10.0.0.2; the lower port is 10.0.0.2's when it is a well-known one.</summary>
    private static byte[] Udp(int from, int to)
    {
        var packet = new byte[42];
        (packet[12], packet[14], packet[17], packet[22], packet[23]) = (0x08, 0x45, 28, 64, 17);
        (byte source, byte destination) = from < to ? ((byte)2, (byte)1) : ((byte)1, (byte)2);
        (packet[26], packet[29], packet[30], packet[33]) = (10, source, 10, destination);
        if (to == 5353) (packet[29], packet[33]) = (1, 2);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(34), (ushort)from);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), (ushort)to);
        packet[39] = 8;
        return packet;
    }
}
