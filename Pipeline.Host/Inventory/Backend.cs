using Pipeline.Host.Schema;
using Pipeline.Nic.Devices;

namespace Pipeline.Host.Inventory;

/// <summary>A way to take packets off an interface of the machine.</summary>
/// <param name="Name">As <c>-i IF:BACKEND</c> names it.</param>
/// <param name="Modes">The modes in which it works here; empty if it does not.</param>
/// <param name="WhyNot">Why it does not work here, in words; null if it does.</param>
internal sealed record Backend(string Name, IReadOnlyList<string> Modes, string? WhyNot)
{
    private const string NotInThisVersion = "not yet in this version";
    private const string OnlyFromCode = "not yet in this version, but from code";

    /// <summary>The backends for every interface. One that this version lacks works on none.</summary>
    public static IReadOnlyList<Backend> All { get; } =
        [.. Backends.All.Where(b => b.Traits.IsLive).Select(b => new Backend(b.Name, [], OnlyFromCode)), new("afxdp", [], NotInThisVersion)];

    public static IReadOnlyDictionary<string, BackendJson> ToJson() => All.ToDictionary(b => b.Name, b => new BackendJson(b.Modes, b.WhyNot));

    public override string ToString() => WhyNot ?? string.Join(", ", Modes);
}
