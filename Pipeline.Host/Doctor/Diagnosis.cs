using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Machine;

namespace Pipeline.Host.Doctor;

/// <summary>Everything that was found, and which backends work.</summary>
/// <param name="Findings">About the machine, then about each interface.</param>
/// <param name="Asked">The backends that were asked for: one, or those for wires.</param>
internal sealed record Diagnosis(IReadOnlyList<Finding> Findings, IReadOnlyList<string> Asked)
{
    /// <param name="nics">The interfaces to judge.</param>
    /// <param name="backend">The backend that was asked for; null for those for wires.</param>
    /// <param name="queues">The number of queues that was asked for; null for all there are.</param>
    public static Diagnosis Of(MachineFacts machine, IReadOnlyList<InterfaceFacts> nics, string? backend, int? queues)
    {
        var locked = nics.Select(n => MemoryOf(n, queues)).DefaultIfEmpty(AfXdpOptions.DefaultBytes(isLarge: false)).Max();
        var asked = backend is null ? ForWires : [backend];
        IEnumerable<Finding> all = [.. MachineJudge.Of(machine, locked, takes: backend != Backends.NameThatCopies), .. nics.SelectMany(n => InterfaceJudge.Of(n, machine.Kernel, queues))];
        if (backend == Backends.NameOfOtherEnd) all = [.. all, .. OtherEnds(machine, nics)];
        return new Diagnosis([.. all.Where(f => f.For.Any(asked.Contains))], asked);
    }

    /// <summary>
    /// The backends for wires. The other end of an interface is judged where it is asked for: few interfaces have one.
    /// </summary>
    private static IReadOnlyList<string> ForWires => [.. Backends.All.Where(b => b.Traits is { IsLive: true, IsOtherEnd: false }).Select(b => b.Name)];

    private static IEnumerable<Finding> OtherEnds(MachineFacts machine, IReadOnlyList<InterfaceFacts> nics) =>
        [.. nics.All(n => n.Kind == InterfaceJudge.Macvtap) ? [] : MachineJudge.OfTap(machine), .. nics.Select(InterfaceJudge.OtherEnd)];

    /// <summary>What keeps a backend from working on a subject: what is wrong with the machine, and with that interface.</summary>
    public IEnumerable<Finding> Stops(string backend, string subject) =>
        Findings.Where(f => f.Stops(backend) && (f.Subject == Finding.Machine || f.Subject == subject));

    /// <summary>Whether every backend that was asked for works on a subject.</summary>
    public bool IsWell(string subject) => !Asked.Any(b => Stops(b, subject).Any());

    /// <summary>Packets after the driver can have been put together to larger ones, as in the driver where its MTU allows.</summary>
    private static long MemoryOf(InterfaceFacts nic, int? queues)
    {
        var isLarge = InterfaceJudge.IsNative(nic) != true || (nic.Peer?.Mtu ?? nic.Interface.Mtu) > VethLimits.MostWithoutParts;
        return AfXdpOptions.DefaultBytes(isLarge) * Math.Max(1, queues ?? nic.Queues);
    }
}
