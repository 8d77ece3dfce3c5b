using System.Text.Json;
using Pipeline.Host.Commands;
using Pipeline.Nic.Devices.Machine;
using Xunit;

namespace Pipeline.Host.Tests.Inventory;

public sealed class DevicesTests
{
    private static readonly MachineInterface[] Some =
    [
        new(1, "lo", true, "unknown", "loopback", "00:00:00:00:00:00", 65536, 1, 1, null),
        new(4, "eth0", true, "up", "ethernet", "02:00:00:00:00:01", 1500, 8, 8, "ixgbe"),
        new(5, "eth1", false, "down", "ethernet", "02:00:00:00:00:02", 1500, 8, 8, "ixgbe"),
    ];

    private readonly Screen _screen = new();
    private ulong _capabilities = ulong.MaxValue;

    [Theory]
    [InlineData("devices")]
    [InlineData("-D")]
    public async Task Interfaces_are_numbered_and_every_backend_says_what_it_can_do(string command)
    {
        Assert.Equal(0, await Execute(command));

        var lines = _screen.Out.Split('\n');
        Assert.Matches(@"^1  lo +up +loopback ", lines[1]);
        Assert.Matches(@"^2  eth0 +up +ethernet +02:00:00:00:00:01 +ixgbe +copy +.* +1500 +8$", lines[2]);
        Assert.Matches(@"^3  eth1 +down +ethernet +02:00:00:00:00:02 +ixgbe +down +.* +1500 +8$", lines[3]);
        Assert.Contains(lines, l => l.StartsWith("sim   ok  run --sim imix|", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("file  ok  run -r FILE|-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_the_same()
    {
        Assert.Equal(0, await Execute("devices", "--json"));

        var json = JsonDocument.Parse(_screen.Out).RootElement;
        var eth0 = json.GetProperty("interfaces")[1];
        Assert.Equal(("pipeline.devices/1", 2, "eth0", 8), (json.GetProperty("schema").GetString(), eth0.GetProperty("number").GetInt32(), eth0.GetProperty("name").GetString(), eth0.GetProperty("receiveQueues").GetInt32()));
        var afpacket = eth0.GetProperty("backends").GetProperty("afpacket");
        Assert.Equal(("copy", JsonValueKind.Null), (afpacket.GetProperty("modes")[0].GetString(), afpacket.GetProperty("whyNot").ValueKind));
        Assert.Equal("down", json.GetProperty("interfaces")[2].GetProperty("backends").GetProperty("afpacket").GetProperty("whyNot").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("interfaces")[0].GetProperty("driver").ValueKind);
    }

    [Fact]
    public async Task Without_the_capability_no_interface_can_be_read_and_the_table_says_so()
    {
        _capabilities = 0;

        Assert.Equal(0, await Execute("devices"));

        Assert.Matches(@"^2  eth0 .* ixgbe +no CAP_NET_RAW ", _screen.Out.Split('\n')[2]);
    }

    private Task<int> Execute(params string[] arguments) => new CommandLine(
        _screen.Terminal,
        new Parts
        {
            ReadInterfaces = () => Some,
            ReadFacts = all => [.. all.Select(i => new InterfaceFacts { Interface = i, HasCarrier = i.IsUp })],
            ReadMachine = () => new MachineFacts { Kernel = "6.12.0", Capabilities = _capabilities },
        }).Execute(arguments);
}
