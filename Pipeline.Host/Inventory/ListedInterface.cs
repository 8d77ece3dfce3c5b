using Pipeline.Host.Schema;
using Pipeline.Nic.Devices.Machine;

namespace Pipeline.Host.Inventory;

/// <summary>An interface, and what each backend can do with it here.</summary>
internal sealed record ListedInterface(MachineInterface Interface, IReadOnlyList<Backend> Backends)
{
    public static DevicesJson ToJson(IReadOnlyList<ListedInterface> listed) => DevicesJson.Of(
    [
        .. listed.Select(l => (l.Interface, (IReadOnlyDictionary<string, BackendJson>)l.Backends.ToDictionary(b => b.Name, b => new BackendJson(b.Modes, b.WhyNot)))),
    ]);
}
