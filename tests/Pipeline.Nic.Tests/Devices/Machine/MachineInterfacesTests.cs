using Pipeline.Nic.Devices.Machine;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Machine;

public sealed class MachineInterfacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_interface_is_what_sysfs_says_of_it()
    {
        Make("eth7", ("ifindex", "3"), ("flags", "0x1003"), ("operstate", "up"), ("type", "1"), ("address", "02:00:00:00:00:01"), ("mtu", "9000"));
        foreach (var queue in new[] { "rx-0", "rx-1", "tx-0" }) Directory.CreateDirectory(Path.Combine(_folder["eth7"], "queues", queue));
        Directory.CreateDirectory(Path.Combine(_folder["eth7"], "device"));
        Directory.CreateSymbolicLink(Path.Combine(_folder["eth7"], "device", "driver"), "../../../bus/pci/drivers/ixgbe");

        Assert.Equal([new MachineInterface(3, "eth7", true, "up", "ethernet", "02:00:00:00:00:01", 9000, 2, 1, "ixgbe")], MachineInterfaces.Read(_folder.FullName));
    }

    [Fact]
    public void What_cannot_be_read_is_left_open()
    {
        Make("odd0", ("ifindex", "1"), ("type", "4711"));

        Assert.Equal([new MachineInterface(1, "odd0", false, "unknown", "type-4711", "", 0, 0, 0, null)], MachineInterfaces.Read(_folder.FullName));
    }

    [Fact]
    public void They_come_by_the_kernels_number_and_what_has_none_is_none()
    {
        Make("b", ("ifindex", "10"));
        Make("a", ("ifindex", "9"));
        Make("gone");
        File.WriteAllText(_folder["bonding_masters"], "");

        Assert.Equal(["a", "b"], MachineInterfaces.Read(_folder.FullName).Select(i => i.Name));
    }

    [Fact]
    public void The_loopback_of_this_machine_is_among_them() =>
        Assert.Contains(MachineInterfaces.Read(), i => i is { Name: "lo", Hardware: "loopback", Driver: null });

    private void Make(string name, params (string File, string Text)[] attributes)
    {
        Directory.CreateDirectory(_folder[name]);
        foreach (var (file, text) in attributes) File.WriteAllText(Path.Combine(_folder[name], file), text + "\n");
    }
}
