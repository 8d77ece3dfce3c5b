using Pipeline.Host.Reports;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Host.Inventory;

/// <summary>The sources of packets, for people: the interfaces of the machine, then the sources that need none.</summary>
internal static class DeviceTable
{
    public static IEnumerable<string> Lines(IReadOnlyList<ListedInterface> interfaces)
    {
        List<string[]> rows = [["#", "interface", "state", "link", "address", "driver", .. Backend.Names, "mtu", "rx queues"]];
        rows.AddRange(interfaces.Select((nic, i) => Row(i + 1, nic)));
        List<string> lines = [.. Table.Lines(rows, leftColumns: rows[0].Length - 2)];
        if (interfaces.Count == 0) lines.Add("no interfaces");
        return
        [
            .. lines,
            "",
            .. Table.Lines(
                [
                    ["sim", "ok", $"run --sim {SimulatedOptions.ProfileWords.Replace(", ", "|")}|FILE: a simulated NIC; needs no rights"],
                    ["file", "ok", "run -r FILE|-: pcap and pcapng"],
                ],
                leftColumns: 3),
        ];
    }

    private static string[] Row(int number, ListedInterface listed)
    {
        var nic = listed.Interface;
        return [$"{number}", nic.Name, State(nic), nic.Hardware, nic.Address.Length == 0 ? "-" : nic.Address, nic.Driver ?? "-", .. listed.Backends.Select(b => b.ToString()), $"{nic.Mtu}", $"{nic.ReceiveQueues}"];
    }

    /// <summary>The loopback and some others always report "unknown", but whether they were brought up is known.</summary>
    private static string State(MachineInterface nic) => nic.State != "unknown" ? nic.State : nic.IsUp ? "up" : "down";
}
