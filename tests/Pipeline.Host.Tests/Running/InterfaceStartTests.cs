using Pipeline.Host.Running;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class InterfaceStartTests
{
    private static readonly MachineInterface[] Some =
    [
        new(1, "lo", true, "unknown", "loopback", "00:00:00:00:00:00", 65536, 1, 1, null),
        new(4, "eth0", true, "up", "ethernet", "02:00:00:00:00:01", 1500, 8, 8, "ixgbe"),
        new(5, "eth1", false, "down", "ethernet", "02:00:00:00:00:02", 1500, 8, 8, "ixgbe"),
        new(6, "veth0", true, "lowerlayerdown", "ethernet", "02:00:00:00:00:03", 1500, 1, 1, null),
        new(7, "2", true, "up", "ethernet", "02:00:00:00:00:04", 1500, 1, 1, null),
    ];

    [Theory]
    [InlineData("eth0", "eth0")]
    [InlineData("1", "lo")]
    [InlineData("4", "veth0")]
    [InlineData("2", "2")]
    public void A_number_stands_for_an_interface_unless_one_has_that_name(string given, string name) =>
        Assert.Equal(name, InterfaceStart.NameOf(given, () => Some));

    [Fact]
    public void A_number_too_high_is_answered_with_the_names() =>
        Assert.Equal(
            "there is no interface 9; there are lo, eth0, eth1, veth0, 2",
            Assert.Throws<FileNotFoundException>(() => InterfaceStart.NameOf("9", () => Some)).Message);

    [Fact]
    public void The_backend_and_what_happens_to_packets_are_said() =>
        Assert.Equal(["eth0: afpacket copies what comes in, promiscuous; the normal stack keeps every packet"], Check("eth0"));

    [Fact]
    public void A_name_that_is_not_there_is_answered_with_those_that_are() =>
        Assert.Equal(
            "there is no interface eht0; there are lo, eth0, eth1, veth0, 2; did you mean eth0?",
            Assert.Throws<FileNotFoundException>(() => Check("eht0")).Message);

    [Theory]
    [InlineData("eth1", "eth1 is down: nothing comes in until it is brought up (ip link set eth1 up)")]
    [InlineData("veth0", "veth0 has no carrier: nothing comes in until its other end is up")]
    public void An_interface_on_which_nothing_comes_in_is_waited_for_and_that_is_said(string name, string words) =>
        Assert.Equal(words, Check(name)[1]);

    [Theory]
    [InlineData("tap9", "; there is no such interface, so it is made, and gone with this run")]
    [InlineData("veth0", "")]
    public void The_other_end_of_an_interface_needs_no_carrier_and_is_made_where_it_is_not_there(string name, string more) =>
        Assert.Equal(
            [$"{name}: tap is the other end of the interface and gets what is sent to it; nobody else does{more}"],
            InterfaceStart.Check(new SourceOptions { Interface = name, Backend = Backends.NameOfOtherEnd }, Some));

    private static IReadOnlyList<string> Check(string name) =>
        InterfaceStart.Check(new SourceOptions { Interface = name, Backend = Backends.NameThatCopies }, Some);
}
