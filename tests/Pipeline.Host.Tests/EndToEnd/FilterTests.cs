using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>An expression selects what tcpdump selects in captures of other systems.</summary>
public sealed class FilterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TheoryThatNeeds(Need.Libpcap | Need.Tcpdump)]
    [InlineData(0, true, "ip6 and udp port 53", 3)]
    [InlineData(0, false, "udp port 53", 4)]
    [InlineData(108, false, "host 2001:db8::1", 3)]
    [InlineData(109, true, "ip or ip6", 4)]
    public void Loopback_of_BSD_and_macOS_is_filtered_as_by_tcpdump(uint linkType, bool bigEndian, string expression, int packets)
    {
        File.WriteAllBytes(_folder["lo0.pcap"], LoopbackCapture.Of(linkType, bigEndian));

        var tcpdump = Tool.Run("tcpdump", "-nr", _folder["lo0.pcap"], "--count", expression);
        var result = BuiltProgram.Run("run", "-q", "-r", _folder["lo0.pcap"], "-w", _folder["out.pcap"], "--json", expression);

        Assert.StartsWith($"{packets} packets", tcpdump.Output);
        using var report = JsonDocument.Parse(result.Output);
        Assert.Equal(packets, report.RootElement.GetProperty("ledger").GetProperty("delivered").GetProperty("packets").GetInt32());
    }
}
