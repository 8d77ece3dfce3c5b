using System.Net;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Guards;

public class GuardsInWordsTests
{
    private static readonly GuardPorts Live = new() { Ssh = [22], Own = new OwnReplies([53, 514]) };

    [Fact]
    public void Ports_addresses_and_sources_are_told()
    {
        var ports = Live with
        {
            Cluster = [new(IPAddress.Parse("10.0.0.1"), 4053), new(IPAddress.Parse("fd00::1"), 4053)],
            Dashboard = [new(IPAddress.Any, 8480), new(IPAddress.Loopback, 8481)],
        };
        Assert.Equal(
            ["keep-out: arp, nd, icmp-errors, dhcp, l2-control, ssh (port 22), cluster (10.0.0.1:4053, [fd00::1]:4053), dashboard (port 8480), own (by the kernel's sockets, without the UDP ports 53 514)"],
            GuardsInWords.Of(ports, RuleSet.Empty));
    }

    [Fact]
    public void Tracking_is_told_where_it_is_asked() =>
        Assert.EndsWith("own (by the kernel's sockets and tracked connections)", GuardsInWords.Of(Live with { Own = new OwnReplies([]) { Tracking = (1, 2) } }, RuleSet.Empty).Single());

    [Fact]
    public void A_lifted_guard_of_sockets_is_told_as_the_others() =>
        Assert.Equal("keep-out: lifted own", GuardsInWords.Of(Live, RuleText.Valid("keep-out off own")).Last());
}
