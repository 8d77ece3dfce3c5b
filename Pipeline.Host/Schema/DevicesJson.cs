using System.Text.Json.Serialization;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Host.Schema;

/// <summary>What there is to take packets from, schema <c>pipeline.devices/1</c>.</summary>
internal sealed record DevicesJson(string Schema, IReadOnlyList<InterfaceJson> Interfaces, SimulatorsJson Sim, FilesJson File)
{
    /// <param name="backends">What each interface can be opened with, by name.</param>
    public static DevicesJson Of(IReadOnlyList<MachineInterface> interfaces, IReadOnlyDictionary<string, BackendJson> backends) => new(
        "pipeline.devices/1",
        [.. interfaces.Select((nic, i) => InterfaceJson.Of(i + 1, nic, backends))],
        new(SimulatedOptions.ProfileWords.Split(", ")),
        new(["pcap", "pcapng"]));
}

/// <param name="Number">As <c>-i</c> takes it, 1 for the first.</param>
/// <param name="Index">The kernel's.</param>
/// <param name="Driver">A JSON null for one that the kernel makes itself.</param>
internal sealed record InterfaceJson(
    int Number, string Name, int Index, bool Up, string State, string Link, string Address, int Mtu, int ReceiveQueues, int TransmitQueues,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Driver, IReadOnlyDictionary<string, BackendJson> Backends)
{
    public static InterfaceJson Of(int number, MachineInterface nic, IReadOnlyDictionary<string, BackendJson> backends) => new(
        number, nic.Name, nic.Index, nic.IsUp, nic.State, nic.Hardware, nic.Address, nic.Mtu, nic.ReceiveQueues, nic.TransmitQueues, nic.Driver, backends);
}

/// <param name="Modes">The ways it can work here; empty where it cannot.</param>
/// <param name="WhyNot">In words; a JSON null where it can.</param>
internal sealed record BackendJson(IReadOnlyList<string> Modes, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? WhyNot);

internal sealed record SimulatorsJson(IReadOnlyList<string> Profiles);

internal sealed record FilesJson(IReadOnlyList<string> Formats);
