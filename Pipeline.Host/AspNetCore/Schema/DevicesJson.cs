using System.Text.Json.Serialization;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Host.Schema;

/// <summary>The sources of packets, schema <c>pipeline.devices/1</c>.</summary>
internal sealed record DevicesJson(string Schema, IReadOnlyList<InterfaceJson> Interfaces, SimulatorsJson Sim, FilesJson File)
{
    /// <param name="interfaces">Each with its backends, by name.</param>
    public static DevicesJson Of(IReadOnlyList<(MachineInterface Nic, IReadOnlyDictionary<string, BackendJson> Backends)> interfaces) => new(
        "pipeline.devices/1",
        [.. interfaces.Select((nic, i) => InterfaceJson.Of(i + 1, nic.Nic, nic.Backends))],
        new(SimulatedOptions.ProfileWords.Split(", ")),
        new(["pcap", "pcapng"]));
}

/// <param name="Number">The number that <c>-i</c> accepts, 1 for the first.</param>
/// <param name="Index">The kernel's index.</param>
/// <param name="Driver">A JSON null for an interface that the kernel itself makes.</param>
internal sealed record InterfaceJson(
    int Number, string Name, int Index, bool Up, string State, string Link, string Address, int Mtu, int ReceiveQueues, int TransmitQueues,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Driver, IReadOnlyDictionary<string, BackendJson> Backends)
{
    public static InterfaceJson Of(int number, MachineInterface nic, IReadOnlyDictionary<string, BackendJson> backends) => new(
        number, nic.Name, nic.Index, nic.IsUp, nic.State, nic.Hardware, nic.Address, nic.Mtu, nic.ReceiveQueues, nic.TransmitQueues, nic.Driver, backends);
}

/// <param name="Modes">The modes in which it works here; empty if it does not.</param>
/// <param name="WhyNot">Why it does not, in words; a JSON null if it does.</param>
internal sealed record BackendJson(IReadOnlyList<string> Modes, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? WhyNot);

internal sealed record SimulatorsJson(IReadOnlyList<string> Profiles);

internal sealed record FilesJson(IReadOnlyList<string> Formats);
