using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The program on an end of a veth pair that the test made.</summary>
public sealed class InterfaceTests : IDisposable
{
    private const string Copies = "afpacket copies what comes in, promiscuous; the normal stack keeps every packet";

    private readonly TemporaryFolder _folder = new();
    private readonly VethWire _wire = null!;

    public InterfaceTests()
    {
        if (Environment.UserName == "root") _wire = new VethWire();
    }

    public void Dispose()
    {
        _wire?.Dispose();
        _folder.Dispose();
    }

    [FactThatNeeds(Need.Root | Need.Tcpdump)]
    public async Task What_comes_in_is_written_and_tcpdump_reads_it()
    {
        using var run = Start("-c", "20", "-w", _folder["out.pcapng"], "--json");
        await run.LineWith($"{_wire.Near}: {Copies}");
        await run.LineWith("keep-out: not in force; the packets are copies");

        for (var i = 0; i < 20; i++) _wire.Send(Packet(i));

        var report = JsonDocument.Parse((await run.Output.ReadLineAsync().WaitAsync(RunningProgram.Patience))!).RootElement;
        Assert.Equal(0, (await run.End()).Code);
        Assert.Equal(20, report.GetProperty("ledger").GetProperty("delivered").GetProperty("packets").GetInt64());
        Assert.True(report.GetProperty("ledger").GetProperty("balanced").GetBoolean());
        var lines = Tool.Run("tcpdump", "-n", "-e", "-r", _folder["out.pcapng"]).Output.Split('\n');
        Assert.Equal(20, lines.Count(line => line.Contains("ethertype Unknown (0x88b5)", StringComparison.Ordinal)));
    }

    [FactThatNeeds(Need.Root | Need.Tcpdump)]
    public async Task Where_packets_are_taken_a_capture_of_everything_takes_none_and_has_each_but_what_guards_keep()
    {
        using var run = RunningProgram.Start(["run", "-i", $"{_wire.Near}:afxdp", "-w", _folder["out.pcapng"], "--json"]);
        await run.LineWith("keep-out");
        byte[] arp = [.. Packet(0)[..12], 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, .. new byte[38]];
        for (var i = 0; i < 20; i++) _wire.Send(Packet(i));
        _wire.Send(arp);

        run.Signal("USR1");
        while (!(await run.LineWith("packets")).Contains("21 packets", StringComparison.Ordinal)) run.Signal("USR1");
        run.Signal("INT");

        var ledger = JsonDocument.Parse((await run.Output.ReadLineAsync().WaitAsync(RunningProgram.Patience))!).RootElement.GetProperty("ledger");
        Assert.Equal(0, (await run.End()).Code);
        Assert.Equal((21, 20), (ledger.GetProperty("passed").GetProperty("byDevice").GetInt64(), ledger.GetProperty("copies").GetProperty("delivered").GetInt64()));
        Assert.True(ledger.GetProperty("balanced").GetBoolean());
        var lines = Tool.Run("tcpdump", "-n", "-e", "-r", _folder["out.pcapng"]).Output.Split('\n');
        Assert.Equal(20, lines.Count(line => line.Contains("ethertype Unknown (0x88b5)", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Contains("ARP", StringComparison.Ordinal));
    }

    [FactThatNeeds(Need.Root)]
    public async Task Rules_and_an_interrupt_work_as_with_captures_and_the_page_is_served()
    {
        await File.WriteAllTextAsync(_folder["edge.rules"], "rule odd match 14:01:01 mark 1\n");
        using var run = Start("--rules", _folder["edge.rules"], "--dashboard", "127.0.0.1:0", "--json");
        await run.LineWith("dashboard http://127.0.0.1:");
        await run.LineWith("keep-out: not in force");
        for (var i = 0; i < 10; i++) _wire.Send(Packet(i));

        run.Signal("USR1");
        while (!(await run.LineWith("packets")).Contains("10 packets", StringComparison.Ordinal)) run.Signal("USR1");
        run.Signal("INT");

        var report = JsonDocument.Parse((await run.Output.ReadLineAsync().WaitAsync(RunningProgram.Patience))!).RootElement;
        Assert.Equal(0, (await run.End()).Code);
        Assert.Equal(5, report.GetProperty("rules")[0].GetProperty("packets").GetInt64());
    }

    [FactThatNeeds(Need.Root)]
    public async Task An_interface_that_is_down_is_waited_for_and_that_is_said()
    {
        _wire.SetUp(false);
        using var run = Start("-c", "3");
        await run.LineWith($"{_wire.Near} is down: nothing comes in until it is brought up (ip link set {_wire.Near} up)");
        await run.LineWith($"{_wire.Near}:0: {_wire.Near} is down; waiting for it");

        _wire.SetUp(true);

        await run.LineWith($"{_wire.Near}:0: gives packets again");
        for (var i = 0; i < 3; i++) _wire.Send(Packet(i));
        var (code, errors) = await run.End();
        Assert.Equal(0, code);
        Assert.Contains("in flight 0, balanced", errors);
    }

    [FactThatNeeds(Need.Root)]
    public async Task What_this_machine_sends_is_seen_only_if_asked_for()
    {
        using var run = Start("-Q", "out", "-p", "-c", "3", "--json");
        await run.LineWith("afpacket copies what goes out; the normal stack");
        await run.LineWith("keep-out: not in force");

        for (var i = 0; i < 3; i++) _wire.Send(Packet(i));
        for (var i = 0; i < 3; i++) _wire.SendOut(Packet(i));

        var report = JsonDocument.Parse((await run.Output.ReadLineAsync().WaitAsync(RunningProgram.Patience))!).RootElement;
        Assert.Equal(0, (await run.End()).Code);
        Assert.Equal(3, report.GetProperty("ledger").GetProperty("received").GetProperty("packets").GetInt64());
    }

    [FactThatNeeds(Need.Root)]
    public void A_time_to_run_ends_it_and_without_a_page_none_is_served()
    {
        var result = BuiltProgram.Run("run", "-i", $"{_wire.Near}:afpacket:1", "-a", "duration:0.2", "--dashboard", "off");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("dashboard", result.Errors);
        Assert.Contains("0 packets read", result.Errors);
    }

    [FactThatNeeds(Need.Root)]
    public void Without_the_capability_it_ends_with_77_and_the_fix()
    {
        // A program that root starts has all capabilities of the bounding set, so that has to lose it.
        var result = Tool.Run("setpriv", "--bounding-set", "-net_raw", "dotnet", BuiltProgram.Path, "run", "-i", $"{_wire.Near}:afpacket", "-a", "duration:1");

        Assert.Equal(77, result.ExitCode);
        Assert.Contains($"error: {_wire.Near}: a packet socket needs the capability CAP_NET_RAW; run it as root, or give", result.Errors);
        Assert.Contains("sudo setcap cap_net_raw+ep", result.Errors);
    }

    [FactThatNeeds(Need.Root)]
    public void Without_the_capability_to_copy_what_the_kernel_keeps_it_ends_with_77_and_leaves_nothing_attached()
    {
        var result = Tool.Run(
            "setpriv", "--bounding-set", "-perfmon,-sys_admin", "dotnet", BuiltProgram.Path, "run", "-i", $"{_wire.Near}:afxdp", "-w", _folder["out.pcapng"], "-a", "duration:1");

        Assert.Equal(77, result.ExitCode);
        Assert.Contains($"error: {_wire.Near}: copying packets that stay with the kernel needs the capability CAP_PERFMON; run it as root", result.Errors);
        Assert.DoesNotContain("xdp", Tool.Run("ip", "-d", "link", "show", "dev", _wire.Near).Output);
    }

    [FactThatNeeds(Need.Root)]
    public void The_list_of_devices_and_the_doctor_see_what_the_run_would_see()
    {
        var wire = Listed();
        Assert.Equal("copy", wire.GetProperty("backends").GetProperty("afpacket").GetProperty("modes")[0].GetString());

        // By its number, as run takes it. Interfaces that others make meanwhile change the numbers.
        var doctor = ByNumber(wire);
        for (var tries = 0; tries < 10 && Listed().GetProperty("number").GetInt32() != wire.GetProperty("number").GetInt32(); tries++)
        {
            wire = Listed();
            doctor = ByNumber(wire);
        }

        Assert.Equal(0, doctor.ExitCode);
        Assert.Contains("  ok     link    up, ethernet, driver veth\n", doctor.Output);
        Assert.EndsWith($"{_wire.Near}: afpacket works\n", doctor.Output);

        JsonElement Listed() => JsonDocument.Parse(BuiltProgram.Run("devices", "--json").Output).RootElement
            .GetProperty("interfaces").EnumerateArray().Single(i => i.GetProperty("name").GetString() == _wire.Near);

        static Tool.Result ByNumber(JsonElement wire) => BuiltProgram.Run("doctor", "-i", $"{wire.GetProperty("number")}:afpacket");
    }

    [FactThatNeeds(Need.Root | Need.Libpcap)]
    public async Task A_TAP_that_is_not_there_is_made_and_what_is_sent_to_it_is_written()
    {
        var name = $"{_wire.Near}t";
        using var run = RunningProgram.Start(
            "run", "-i", $"{name}:tap", "-c", "3", "-w", _folder["out.pcapng"], "--json", "ether proto 0x88b5");
        await run.LineWith($"{name}: tap is the other end of the interface and gets what is sent to it; nobody else does; there is no such interface, so it is made");
        await run.LineWith("keep-out: not in force; the packets are what was sent to the interface");
        using var sender = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0);
        sender.Bind(new PacketAddress(int.Parse(await File.ReadAllTextAsync($"/sys/class/net/{name}/ifindex"), CultureInfo.InvariantCulture)));

        for (var i = 0; i < 3; i++) sender.Send(Packet(i));

        var report = JsonDocument.Parse((await run.Output.ReadLineAsync().WaitAsync(RunningProgram.Patience))!).RootElement;
        Assert.Equal(0, (await run.End()).Code);
        Assert.Equal(3, report.GetProperty("ledger").GetProperty("delivered").GetProperty("packets").GetInt64());
        Assert.False(Directory.Exists($"/sys/class/net/{name}"));
    }

    [FactThatNeeds(Need.Root)]
    public void What_is_no_TAP_has_no_other_end_and_ends_with_69()
    {
        var result = BuiltProgram.Run("run", "-i", $"{_wire.Near}:tap");

        Assert.Equal(69, result.ExitCode);
        Assert.Contains($"error: {_wire.Near} is no TAP: it is of the kind veth; expected a TAP, a macvtap, or a name that is free", result.Errors);
        var doctor = BuiltProgram.Run("doctor", "-i", $"{_wire.Near}:tap");
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("it is no TAP and no macvtap", doctor.Output);
    }

    [Fact]
    public void An_interface_that_does_not_exist_ends_with_66_and_the_names_of_those_that_do()
    {
        var result = BuiltProgram.Run("run", "-i", "plxnosuch0");

        Assert.Equal(66, result.ExitCode);
        Assert.Matches("error: there is no interface plxnosuch0; there (is|are) .*lo", result.Errors);
    }

    private RunningProgram Start(params string[] flags) => RunningProgram.Start(["run", "-i", $"{_wire.Near}:afpacket", .. flags]);

    /// <summary>An Ethernet packet of an experimental type (IEEE 802) whose 15th byte is its number.</summary>
    private static byte[] Packet(int number)
    {
        var packet = new byte[60];
        packet[5] = 2;
        packet[11] = 1;
        (packet[12], packet[13], packet[14]) = (0x88, 0xb5, (byte)number);
        return packet;
    }
}
