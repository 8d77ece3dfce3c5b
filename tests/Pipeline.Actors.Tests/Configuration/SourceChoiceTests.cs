using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Nic.Devices;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>The routes choose how an interface is read; a name goes before them.</summary>
public sealed class SourceChoiceTests
{
    [Theory]
    [InlineData("", "afpacket")]
    [InlineData("routes = [ { to = tap } ]", "afpacket")]
    [InlineData("routes = [ { to = stack } ]", "afpacket")]
    [InlineData("routes = [ { mark = 1, to = guests } ]", "afxdp")]
    [InlineData("routes = [ { mark = 1, to = guests, copy = true } ]", "afxdp")]
    public void Packets_are_taken_only_where_a_route_leads_to_a_bypass_consumer(string routes, string backend) =>
        Assert.Equal(backend, Chosen("interface = eth0", routes).Backend);

    [Theory]
    [InlineData("afpacket")]
    [InlineData("afxdp")]
    public void A_name_is_obeyed_whatever_the_routes_are(string backend) =>
        Assert.Equal(backend, Chosen($"interface = eth0, backend = {backend}", "routes = [ { mark = 1, to = guests } ]").Backend);

    [Fact]
    public void A_capture_has_no_backend_to_choose() => Assert.Null(Chosen("file = a.pcap", "routes = [ { mark = 1, to = guests } ]").Backend);

    [Fact]
    public void A_backend_that_is_not_there_is_a_problem_at_its_name_and_the_message_says_what_works()
    {
        var problem = Assert.Single(SourceChoice.Problems(new PipelineOptions { Source = new SourceOptions { Interface = "eth0", Backend = "netmap" } }));

        Assert.Equal("backend", problem.Key);
        Assert.StartsWith("eth0: netmap is no backend; there is afxdp, afpacket, tap", problem.Message);
        Assert.EndsWith("(-i eth0:afpacket copies the packets, and the kernel keeps them)", problem.Message);
    }

    [Fact]
    public void Guards_are_in_force_only_where_packets_are_taken()
    {
        Assert.Null(KeepOutPorts.Of(Options("interface = eth0", "")));
        Assert.NotNull(KeepOutPorts.Of(Options("interface = eth0, backend = afxdp", "")));
    }

    private static SourceOptions Chosen(string source, string routes) => SourceChoice.Resolve(Options(source, routes)).Source;

    private static PipelineOptions Options(string source, string routes) => Configurations.Load(
        $$"""
        pipeline {
        source { {{source}} }
        {{routes}}
        consumers {
          guests { kind = bypass, handler = count }
          tap { kind = af_packet, write = "a.pcapng" }
        }
        }
        """).Options!;
}
