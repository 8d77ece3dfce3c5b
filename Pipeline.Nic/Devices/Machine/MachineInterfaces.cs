using System.Globalization;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>
/// The network interfaces of this machine, read over rtnetlink and from sysfs (Linux, Documentation/ABI/testing/sysfs-class-net). Nothing
/// is opened or changed, and no rights are needed. Only those in one network namespace are seen.
/// </summary>
public static class MachineInterfaces
{
    /// <summary>Where the kernel shows them.</summary>
    public const string Folder = "/sys/class/net";

    /// <summary>linux/if.h.</summary>
    private const int IFF_UP = 1;

    /// <summary>
    /// Reads the kernel's description of every interface in the network namespace of the calling thread. Needs no rights. A mounted sysfs
    /// can show another namespace (<c>unshare -n</c>), so rtnetlink decides which interfaces there are.
    /// </summary>
    /// <returns>By the kernel's number.</returns>
    /// <exception cref="LinuxException">The kernel does not answer.</exception>
    public static IReadOnlyList<MachineInterface> Read()
    {
        using var netlink = RtNetlink.Open();
        return [.. netlink.All().OrderBy(l => l.Index).Select(Shown)];
    }

    /// <summary>Reads them from a folder of the form of <see cref="Folder"/>.</summary>
    /// <returns>By the kernel's number.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<MachineInterface> Read(string folder)
    {
        // Files lie there too (bonding_masters). An interface that goes away meanwhile is left out.
        var found = Directory.GetDirectories(folder).Select(ReadOne).OfType<MachineInterface>();
        return [.. found.OrderBy(i => i.Index)];
    }

    private static MachineInterface Shown(LinkFacts link) =>
        ReadOne(Path.Combine(Folder, link.Name)) is { } shown && IsSame(shown, link) ? shown : Of(link);

    private static bool IsSame(MachineInterface shown, LinkFacts link) =>
        shown.Index == link.Index && shown.Address == AddressOf(link) && shown.IsUp == link.IsUp;

    private static MachineInterface Of(LinkFacts link) => new(
        link.Index, link.Name, link.IsUp, !link.IsUp ? "down" : link.HasCarrier ? "up" : "lowerlayerdown",
        HardwareTypes.NameOf(link.Hardware), AddressOf(link), link.Mtu, link.RxQueues, link.TxQueues, Driver: null);

    private static string AddressOf(LinkFacts link) =>
        string.Join(':', link.Address.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    private static MachineInterface? ReadOne(string folder)
    {
        if (Number(folder, "ifindex") is not { } index) return null;
        return new MachineInterface(
            index,
            Path.GetFileName(folder),
            Number(folder, "flags") is { } flags && (flags & IFF_UP) != 0,
            Text(folder, "operstate") ?? "unknown",
            HardwareTypes.NameOf(Number(folder, "type") ?? -1),
            Text(folder, "address") ?? "",
            Number(folder, "mtu") ?? 0,
            Queues(folder, "rx-*"),
            Queues(folder, "tx-*"),
            Driver(folder));
    }

    private static int? Number(string folder, string file)
    {
        var text = Text(folder, file);
        if (text is null) return null;
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        var style = isHex ? NumberStyles.HexNumber : NumberStyles.AllowLeadingSign;
        return int.TryParse(isHex ? text.AsSpan(2) : text, style, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Some attributes cannot be read of some interfaces (EINVAL), as the kernel's documentation says.</summary>
    private static string? Text(string folder, string file) => OptionalFiles.Text(Path.Combine(folder, file))?.Trim();

    private static int Queues(string folder, string pattern)
    {
        var queues = Path.Combine(folder, "queues");
        return Directory.Exists(queues) ? Directory.GetDirectories(queues, pattern).Length : 0;
    }

    private static string? Driver(string folder)
    {
        var driver = new DirectoryInfo(Path.Combine(folder, "device", "driver"));
        return driver.LinkTarget is { } target ? Path.GetFileName(target) : null;
    }
}
