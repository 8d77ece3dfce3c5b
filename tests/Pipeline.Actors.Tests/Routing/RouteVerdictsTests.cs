using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public class RouteVerdictsTests
{
    [Fact]
    public void What_leads_to_the_stack_is_passed_what_is_copied_goes_on_and_all_else_is_taken()
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
        Assert.Equal(
            [
                new MarkVerdict(0x10, uint.MaxValue, PacketVerdict.Copy),
                new MarkVerdict(0x20, 0xf0, PacketVerdict.Take),
                new MarkVerdict(0x30, 0xf0, PacketVerdict.Pass),
                new MarkVerdict(0x40, 0xf0, PacketVerdict.Pass),
                new MarkVerdict(0, 0, PacketVerdict.Take),
            ],
            RouteVerdicts.Of(options));
    }
}
