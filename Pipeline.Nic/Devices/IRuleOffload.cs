using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices;

/// <summary>
/// A device that runs a leading part of the rules itself. It writes their marks into its descriptors. Packets that it knows are for the
/// normal stack it leaves there: those count as received and passed, and no queue gives them out.
/// </summary>
public interface IRuleOffload
{
    /// <summary>
    /// Compiles a generation for the device, and checks it as far as that is possible. The device still runs the last one. It takes as many
    /// rules from the start as it can express and has room for. The software tries the other rules, and on packets that the device did not
    /// match it continues from there. Takes up to a second for a large set. Any thread, while packets flow.
    /// </summary>
    /// <returns>The rules, ready to be put in force; the caller owns them.</returns>
    /// <exception cref="MissingCapabilityException">The process lacks a capability that these rules need.</exception>
    /// <exception cref="Rules.Ebpf.XdpException">The kernel rejects them, or cannot run all of them where it must.</exception>
    IPreparedRules Prepare(OffloadedRules rules);

    /// <summary>Prepares a generation and puts it in force in place of the last.</summary>
    OffloadReport Load(OffloadedRules rules)
    {
        using var prepared = Prepare(rules);
        prepared.PutInForce();
        return prepared.Report;
    }

    /// <summary>
    /// Has the device leave packets to the normal stack that one verdict would take, in this generation and in later ones, or take them
    /// again. It takes effect at once. A device whose packets can still be given to the stack ignores it. Any thread.
    /// </summary>
    /// <param name="verdict">Its place in <see cref="OffloadedRules.Verdicts"/>.</param>
    /// <param name="isLeft">Whether its packets are left to the stack.</param>
    void Leave(int verdict, bool isLeft)
    {
    }

    /// <summary>
    /// The packets of a queue that the device itself passed, under all generations. The number never falls. A device that cannot tell
    /// queues apart gives all of them to the first. Any thread, while packets flow and after the device was disposed: then the number is
    /// final, as all counts are.
    /// </summary>
    /// <param name="queue">The queue's index among the device's queues.</param>
    PacketTally PassedFrom(int queue);
}

/// <summary>A generation that a device can run, and does not run yet. One thread at a time.</summary>
public interface IPreparedRules : IDisposable
{
    /// <summary>What the device will run.</summary>
    OffloadReport Report { get; }

    /// <summary>
    /// Puts it in place of the last. From here on every bundle says which generation's rules were tried, and how many
    /// (<see cref="MarkedByDevice"/>). The device passes a packet only where guards and rules that it runs decide it for good and the
    /// verdict is <see cref="PacketVerdict.Pass"/>. One generation decides about a packet. Takes some milliseconds. Software that is to
    /// route by this generation must know it before.
    /// </summary>
    void PutInForce();
}

/// <summary>A device's report on a generation.</summary>
/// <param name="Generation">Its number.</param>
/// <param name="Rules">How many rules the device runs, from the first on.</param>
/// <param name="Tables">How full its tables are, in words.</param>
/// <param name="Refused">The rules left to software, in their order.</param>
/// <param name="Passed">The device's counts for this generation; null where it passes nothing by itself.</param>
public sealed record OffloadReport(
    int Generation, int Rules, string Tables, IReadOnlyList<RefusedRule> Refused, IPassedCounts? Passed = null)
{
    /// <summary>Whether it keeps out itself what guards match, so that no such packet reaches software.</summary>
    public bool IsGuarded { get; init; }
}
