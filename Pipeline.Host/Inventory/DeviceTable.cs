using Pipeline.Host.Reports;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Host.Inventory;

/// <summary>What there is to take packets from, for people: interfaces of the machine, then what works without one.</summary>
internal static class DeviceTable
{
    public static IEnumerable<string> Lines(IReadOnlyList<MachineInterface> interfaces)
    {
        List<string[]> rows = [["#", "interface", "state", "link", "address", "driver", .. Backend.All.Select(b => b.Name), "mtu", "rx queues"]];
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

    private static string[] Row(int number, MachineInterface nic) =>
        [$"{number}", nic.Name, State(nic), nic.Hardware, nic.Address.Length == 0 ? "-" : nic.Address, nic.Driver ?? "-", .. Backend.All.Select(b => b.ToString()), $"{nic.Mtu}", $"{nic.ReceiveQueues}"];

    /// <summary>The loopback and others never say more than "unknown"; whether they were brought up is known all the same.</summary>
    private static string State(MachineInterface nic) => nic.State != "unknown" ? nic.State : nic.IsUp ? "up" : "down";
}
