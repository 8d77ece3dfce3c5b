using Pipeline.Nic.Consumers.Flows;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>What configurations say about flows that consumers have seen enough of.</summary>
public class ReleaseBindingTests
{
    [Fact]
    public void The_long_form_is_read()
    {
        var options = Configurations.Options("""
            released { flows = 100 }
            routes = [ { mark = 1, to = tap, copy = on }, { mark = 1, to = tap, release = stack } ]
            consumers { tap { kind = af_packet, write = "a.pcapng", release-after { packets = 20, bytes = 64 KiB, idle = 5 s } } }
            """);

        Assert.Equal(100, options.Released);
        Assert.Equal([false, true], options.Routes.Select(r => r.ReleasesToStack));
        Assert.Equal(new ReleaseAfterOptions { Packets = 20, Bytes = 65_536, Idle = TimeSpan.FromSeconds(5) }, options.Consumers["tap"].ReleaseAfter);
    }

    [Theory]
    [InlineData("released { flows = 65537 }", "error: `flows` is `65537`; expected a whole number from 1 to 65536")]
    [InlineData("routes = [ { to = stack, release = stack } ]", "error: `release = stack` on a route that leads to the stack already; expected no `release`")]
    [InlineData("routes = [ { to = c, release = kernel } ], consumers { c { kind = bypass, handler = count } }", "error: `release` is `kernel`; expected one of stack, none")]
    [InlineData("routes = [ { to = c, copy = on, release = stack } ], consumers { c { kind = bypass, handler = count, release-after { packets = 1 } } }", "error: a route that copies ends for a released flow anyway; expected no `release`")]
    [InlineData("routes = [ { to = c, release = stack } ], consumers { c { kind = bypass, handler = count } }", "warning: nothing releases flows here: the consumer c has no `release-after`, and only handlers of your own release by themselves")]
    [InlineData("routes = [ { to = c } ], consumers { c { kind = bypass, handler = count, release-after { packets = 1 } } }", "error: the consumer c has `release-after`, but this route goes on whatever it has seen; expected `release = stack` here, for a stack that has not seen the beginning of the flows, or `copy = true`")]
    [InlineData("routes = [ { to = c, copy = on } ], consumers { c { kind = bypass, handler = count, release-after { packets = 0 } } }", "error: `packets` is `0`; expected a whole number from 1 to 1125899906842624")]
    [InlineData("routes = [ { to = c, copy = on } ], consumers { c { kind = bypass, handler = count, release-after { packets = 1, idle = 2 d } } }", "error: `idle` is `2 d`; expected a time from 1 ms to 1 d with its unit (ns, us, ms, s, m, h, d), such as `50 us`")]
    [InlineData("routes = [ { to = s } ], consumers { s { kind = stack, release-after { packets = 1 } } }", "error: the normal stack releases no flows; expected another kind")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.EndsWith(expected, Configurations.Findings($"pipeline {{ {text} }}")[0], StringComparison.Ordinal);

    [Fact]
    public void A_consumer_on_other_nodes_releases_nothing()
    {
        const string Cluster = "pipeline { cluster { name = n1, roles = [nic], listen = \"10.0.0.1:4053\", data = \"10.0.0.1:4054\", security = plain }, ";
        const string Far = "on = [ n2 ]";

        var after = Configurations.Findings(Cluster + "routes = [ { to = c, copy = on } ], consumers { c { kind = bypass, handler = count, release-after { packets = 1 }, " + Far + " } } }");
        var route = Configurations.Findings(Cluster + "routes = [ { to = c, release = stack } ], consumers { c { kind = bypass, handler = count, " + Far + " } } }");

        Assert.Contains(after, f => f.EndsWith("a consumer on other nodes cannot release flows; expected no `on`", StringComparison.Ordinal));
        Assert.Contains(route, f => f.EndsWith("which runs on other nodes: what it has seen enough of is not known here; expected no `release`", StringComparison.Ordinal));
    }
}
