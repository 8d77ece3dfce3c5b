using System.Text.Json;
using Pipeline.Host.Commands;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Host.Tests.Doctor;

public sealed class DoctorCommandTests
{
    private readonly Screen _screen = new();
    private MachineFacts _machine = MadeUp.Machine;
    private InterfaceFacts[] _interfaces = [MadeUp.Hardware, MadeUp.Veth];

    [Fact]
    public async Task Where_all_is_well_every_line_is_ok_and_it_ends_with_0()
    {
        Assert.Equal(0, await Execute("doctor"));

        Assert.DoesNotContain("wrong", _screen.Out);
        Assert.Contains("\neth0: afxdp works; afpacket works", _screen.Out);
        Assert.Contains("\nva: afxdp works; afpacket works", _screen.Out);
    }

    [Fact]
    public async Task What_is_wrong_has_its_fix_below_it_and_ends_with_1()
    {
        _interfaces = [MadeUp.Hardware with { Interface = MadeUp.Hardware.Interface with { IsUp = false } }];

        Assert.Equal(1, await Execute("doctor", "-i", "eth0"));

        Assert.Matches(@"  wrong  link +down: nothing comes in\n +fix: ip link set eth0 up\n", _screen.Out);
        Assert.Contains("eth0: afxdp does not work (link); afpacket does not work (link)", _screen.Out);
    }

    [Fact]
    public async Task An_interface_that_nobody_asked_for_may_be_down()
    {
        _interfaces = [MadeUp.Hardware with { Interface = MadeUp.Hardware.Interface with { IsUp = false } }];

        Assert.Equal(0, await Execute("doctor"));
    }

    [Fact]
    public async Task A_backend_that_is_asked_for_is_judged_alone()
    {
        _machine = MadeUp.Machine with { Capabilities = MadeUp.Set(Capability.NetRaw) };

        Assert.Equal(0, await Execute("doctor", "-i", "eth0:afpacket"));
        Assert.DoesNotContain("CAP_BPF", _screen.Out);
        Assert.Equal(1, await Execute("doctor", "-i", "eth0:afxdp"));
        Assert.Contains("CAP_BPF", _screen.Out);
    }

    [Theory]
    [InlineData("tun", 1, "CAP_NET_ADMIN")]
    [InlineData("macvtap", 0, "that of a macvtap")]
    public async Task Only_a_TAP_needs_privileges_that_are_not_those_of_a_file(string kind, int code, string says)
    {
        _machine = MadeUp.Machine with { Capabilities = MadeUp.Set(Capability.SysAdmin) };
        _interfaces = [MadeUp.Hardware with { Kind = kind, CanOpenNode = true }];

        Assert.Equal(code, await Execute("doctor", "-i", "eth0:tap"));

        Assert.Contains(says, _screen.Out);
        Assert.Equal(code == 1, _screen.Out.Contains("/dev/net/tun", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_says_which_backends_work_and_why_not()
    {
        _machine = MadeUp.Machine with { Capabilities = 0 };

        Assert.Equal(1, await Execute("doctor", "-i", "eth0:afpacket", "--json"));

        var json = JsonDocument.Parse(_screen.Out).RootElement;
        Assert.Equal(("pipeline.doctor/1", false), (json.GetProperty("schema").GetString(), json.GetProperty("ok").GetBoolean()));
        Assert.False(json.GetProperty("works").GetProperty("eth0").GetProperty("afpacket").GetBoolean());
        var wrong = json.GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("level").GetString() == "wrong");
        Assert.Equal(("machine", "CAP_NET_RAW"), (wrong.GetProperty("subject").GetString(), wrong.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task An_interface_that_does_not_exist_ends_with_66()
    {
        Assert.Equal(66, await Execute("doctor", "-i", "eth9"));
        Assert.Contains("there is no interface eth9; there are eth0, va", _screen.Error);
    }

    private Task<int> Execute(params string[] arguments) => new CommandLine(
        _screen.Terminal,
        new Parts
        {
            ReadInterfaces = () => [.. _interfaces.Select(f => f.Interface)],
            ReadFacts = chosen => [.. _interfaces.Where(f => chosen.Contains(f.Interface))],
            ReadMachine = () => _machine,
        }).Execute(arguments);
}
