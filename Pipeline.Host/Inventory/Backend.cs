using Pipeline.Host.Doctor;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;

namespace Pipeline.Host.Inventory;

/// <summary>A way to take packets off an interface of the machine.</summary>
/// <param name="Name">As <c>-i IF:BACKEND</c> names it.</param>
/// <param name="Modes">The modes in which it works here; empty if it does not.</param>
/// <param name="WhyNot">Why it does not work here, in words; null if it does.</param>
internal sealed record Backend(string Name, IReadOnlyList<string> Modes, string? WhyNot)
{
    /// <summary>The backends that are listed: those for wires.</summary>
    public static IReadOnlyList<string> Names { get; } = [Backends.NameThatCopies, Backends.NameThatTakes];

    /// <summary>What each of them can do with an interface.</summary>
    /// <param name="found">What <c>doctor</c> finds about it and the machine.</param>
    public static IReadOnlyList<Backend> For(InterfaceFacts nic, Diagnosis found) => [.. Names.Select(name => For(name, nic, found))];

    public override string ToString() => WhyNot ?? string.Join(", ", Modes);

    private static Backend For(string name, InterfaceFacts nic, Diagnosis found)
    {
        var stops = found.Stops(name, nic.Interface.Name).ToList();
        if (stops.Count > 0) return new Backend(name, [], string.Join(", ", stops.Select(Short)));
        return new Backend(name, name == Backends.NameThatTakes ? ModesOf(nic) : ["copy"], null);
    }

    /// <summary>What a column has room for: <c>down</c>, <c>no CAP_BPF</c>.</summary>
    private static string Short(Finding stop) =>
        stop.What.StartsWith("CAP_", StringComparison.Ordinal) ? $"no {stop.What}" : stop.Says.Split([',', ':', ';'], 2)[0];

    private static IReadOnlyList<string> ModesOf(InterfaceFacts nic) => InterfaceJudge.IsNative(nic) switch
    {
        true => ["native", "generic"],
        false => ["generic"],
        null => ["native or generic"],
    };
}
