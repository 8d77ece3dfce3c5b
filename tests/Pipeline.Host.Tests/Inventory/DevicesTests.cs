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
    ];

    private readonly Screen _screen = new();

    [Theory]
    [InlineData("devices")]
    [InlineData("-D")]
    public async Task Interfaces_are_numbered_and_every_backend_says_what_it_can_do(string command)
    {
        Assert.Equal(0, await Execute(command));

        var lines = _screen.Out.Split('\n');
        Assert.Matches(@"^1  lo +up +loopback ", lines[1]);
        Assert.Matches(@"^2  eth0 +up +ethernet +02:00:00:00:00:01 +ixgbe +not yet in this version, but from code +not yet in this version +1500 +8$", lines[2]);
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
        Assert.Equal((0, "not yet in this version, but from code"), (afpacket.GetProperty("modes").GetArrayLength(), afpacket.GetProperty("whyNot").GetString()));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("interfaces")[0].GetProperty("driver").ValueKind);
    }

    private Task<int> Execute(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts { ReadInterfaces = () => Some }).Execute(arguments);
}
