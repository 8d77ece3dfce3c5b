using System.Diagnostics;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Trials;

/// <summary>
/// Has other rules judge the packets of one router, after those in force, and counts where they disagree. Packets keep what the rules in
/// force have written on them. Only the router's thread judges, and allocates nothing but where rules or bundles are new; any thread reads.
/// </summary>
/// <param name="table">The other rules, with the guards of the pipeline in front of them.</param>
[DebuggerDisplay("{Found}")]
internal sealed class ShadowPort(MarkTable table)
{
    /// <summary>What ports have found before their first packet. A router that sees none costs no memory for kinds.</summary>
    private static readonly Disagreements Nothing = new(null);

    private readonly RuleCounters _counters = table.NewCounters();
    private Disagreements _found = Nothing;
    private Packet[] _kept = [];
    private NicInterface? _unprepared;
    private volatile string? _failure;

    /// <summary>What was found since the rules in force are those that they are. Any thread.</summary>
    public Disagreements Found => Volatile.Read(ref _found);

    /// <summary>Why it judges no more; null while it does. Any thread.</summary>
    public string? Failure => _failure;

    /// <summary>Judges the packets of a bundle that the rules in force have judged.</summary>
    public void Judge(PageBundle bundle)
    {
        if (_failure is not null || bundle.MarkedBy is not MarkTable inForce) return;
        if (!ReferenceEquals(inForce, _found.InForce))
        {
            // While a device changes over, bundles of two generations come in turn. Those of the earlier one are not compared any more.
            if (inForce.Generation < _found.InForce?.Generation) return;
            Volatile.Write(ref _found, new Disagreements(inForce));
        }

        if (!table.IsPreparedFor(bundle.Interface.Link))
        {
            // The router does not wait for a compiler: whoever reads prepares the rules.
            Volatile.Write(ref _unprepared, bundle.Interface);
            _found.CountUnjudged(bundle.Count);
            return;
        }

        var packets = bundle.Packets;
        if (_kept.Length < packets.Length) _kept = new Packet[Math.Max(packets.Length, bundle.Capacity)];
        packets.CopyTo(_kept);
        try
        {
            foreach (ref var packet in packets) packet.Flags &= ~PacketFlags.MarkedByDevice;
            table.Classify(bundle, _counters);
            Compare(bundle);
        }
        catch (Exception error)
        {
            // A trial must not cost a packet.
            _failure = error.Message.ReplaceLineEndings(" ");
        }
        finally
        {
            _kept.AsSpan(0, packets.Length).CopyTo(packets);
            bundle.MarkedBy = inForce;
        }
    }

    /// <summary>Prepares the rules for packets that have come. For those who read.</summary>
    public void Prepare()
    {
        if (Interlocked.Exchange(ref _unprepared, null) is { } seen) table.Prepare(seen.Link);
    }

    private void Compare(PageBundle bundle)
    {
        var packets = bundle.Packets;
        var bytes = 0L;
        for (var i = 0; i < packets.Length; i++)
        {
            bytes += packets[i].CapturedLength;
            var (before, after) = (Judgement.Of(_kept[i]), Judgement.Of(packets[i]));
            if (before.Differs(after)) _found.Count(bundle, packets[i], before, after);
        }

        _found.CountCompared(packets.Length, bytes);
    }
}
