using System.Diagnostics;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Trials;

/// <summary>Where two sets of rules disagree about one router's packets. The router's thread counts, any thread reads.</summary>
/// <param name="inForce">The rules in force; null before the first packet.</param>
[DebuggerDisplay("{Compared.Packets} packets compared")]
internal sealed class Disagreements(MarkTable? inForce)
{
    private const int RuleBits = 24, KeptBefore = 48, KeptAfter = 49, MarkBefore = 64, MarkAfter = 96;

    private readonly Kinds _kinds = new();
    private long _packets;
    private long _bytes;
    private long _unjudged;

    public MarkTable? InForce => inForce;

    public PacketTally Compared => new(Volatile.Read(ref _packets), Volatile.Read(ref _bytes));

    /// <summary>Packets of a link type for which the other rules were not compiled yet.</summary>
    public long Unjudged => Volatile.Read(ref _unjudged);

    public PacketTally Beyond => _kinds.Beyond;

    public void CountCompared(int packets, long bytes)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _packets, _packets + packets);
    }

    public void CountUnjudged(int packets) => Volatile.Write(ref _unjudged, _unjudged + packets);

    /// <param name="before">What the rules in force decide.</param>
    /// <param name="after">What the others would.</param>
    public void Count(PageBundle bundle, in Packet packet, Judgement before, Judgement after)
    {
        var key = (UInt128)(uint)before.Rule | ((UInt128)(uint)after.Rule << RuleBits)
            | (before.IsKeptOut ? UInt128.One << KeptBefore : 0)
            | (after.IsKeptOut ? UInt128.One << KeptAfter : 0)
            | ((UInt128)before.Mark << MarkBefore) | ((UInt128)after.Mark << MarkAfter);
        _kinds.Count(key, bundle, packet);
    }

    public IEnumerable<(Judgement Before, Judgement After, PacketTally Packets, string Example)> Read()
    {
        const uint rule = (1u << RuleBits) - 1;
        foreach (var (key, packets, example) in _kinds.Read())
        {
            var before = new Judgement((int)((uint)key & rule), (uint)(key >> MarkBefore), ((key >> KeptBefore) & 1) != 0);
            var after = new Judgement((int)((uint)(key >> RuleBits) & rule), (uint)(key >> MarkAfter), ((key >> KeptAfter) & 1) != 0);
            yield return (before, after, packets, example);
        }
    }
}
