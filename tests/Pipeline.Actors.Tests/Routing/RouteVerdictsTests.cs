using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Rules.Ebpf;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public class RouteVerdictsTests
{
    [Fact]
    public void What_leads_to_the_stack_stays_and_all_else_is_taken_whatever_is_copied()
    {
        var options = new PipelineOptions
        {
            Routes =
            [
                new RouteOptions { Mark = 0x10, MarkMask = uint.MaxValue, To = "capture", Copy = true },
                new RouteOptions { Mark = 0x20, MarkMask = 0xf0, To = "capture" },
                new RouteOptions { Mark = 0x30, MarkMask = 0xf0, To = "kernel" },
                new RouteOptions { Mark = 0x40, MarkMask = 0xf0, To = "stack" },
                new RouteOptions { To = "capture" },
            ],
            Consumers = new Dictionary<string, ConsumerOptions>
            {
                ["capture"] = new() { Name = "capture", Kind = ConsumerKind.AfPacket, Write = "x.pcapng" },
                ["kernel"] = new() { Name = "kernel", Kind = ConsumerKind.Stack },
            },
        };
        Assert.Equal([new XdpVerdict(0x20, 0xf0, true), new XdpVerdict(0x30, 0xf0, false), new XdpVerdict(0x40, 0xf0, false), new XdpVerdict(0, 0, true)], RouteVerdicts.Of(options));
    }
}
