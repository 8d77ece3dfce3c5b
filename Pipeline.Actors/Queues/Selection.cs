using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Queues;

/// <summary>
/// Selects the packets that the command line asked for: those that its expression matches, up to a limit. It is applied where packets are
/// received, so that a packet beyond the limit was never received at all. All queues share it, whatever threads they run on.
/// </summary>
/// <param name="filter">The expression; null selects every packet.</param>
/// <param name="limit">Selected packets after which the source is stopped; null for no limit.</param>
internal sealed class Selection(PacketFilter? filter, long? limit)
{
    /// <summary>The most link types that are reported.</summary>
    private const int MostRejections = 100;

    private readonly ConcurrentDictionary<LinkType, string?> _rejections = new();
    private NicInterface? _prepared;
    private long _selected;
    private long _selectedBytes;

    /// <summary>Packets selected so far. Any thread.</summary>
    public long Selected => Interlocked.Read(ref _selected);

    /// <summary>Their captured bytes. Any thread; it may lag behind <see cref="Selected"/> by the bundles that are being looked at.</summary>
    public long SelectedBytes => Interlocked.Read(ref _selectedBytes);

    public bool IsComplete => limit is { } most && Selected >= most;

    /// <summary>libpcap's words for each link type so far for which it rejects the expression. Any thread.</summary>
    public IEnumerable<string> Rejections =>
        from rejection in _rejections.OrderBy(r => r.Key).Take(MostRejections)
        where rejection.Value is not null
        select $"the expression does not fit link type {(int)rejection.Key} ({rejection.Key}), "
            + $"so no such packet matches: {rejection.Value}";

    /// <summary>libpcap's words, if it rejected the expression for every link type so far; else null. Any thread.</summary>
    public string? RejectedEverywhere =>
        !_rejections.IsEmpty && _rejections.Values.All(r => r is not null) ? _rejections.Values.First() : null;

    /// <summary>Flags the selected packets of a bundle that was just received, and cuts off those beyond the limit.</summary>
    public void Apply(PageBundle bundle)
    {
        var selected = filter is null ? SelectAll(bundle) : Filter(filter, bundle);
        if (limit is not { } most) Interlocked.Add(ref _selected, selected);
        else if (TakeOf(most, selected) is { } wanted) Cut(bundle, wanted);
        Interlocked.Add(ref _selectedBytes, filter is null ? bundle.Bytes : BytesSelected(bundle));
    }

    private static long BytesSelected(PageBundle bundle)
    {
        var bytes = 0L;
        foreach (ref readonly var packet in bundle.Packets)
        {
            if (packet.Has(PacketFlags.Selected)) bytes += packet.CapturedLength;
        }

        return bytes;
    }

    private static int SelectAll(PageBundle bundle)
    {
        foreach (ref var packet in bundle.Packets) packet.Flags |= PacketFlags.Selected;
        return bundle.Count;
    }

    private int Filter(PacketFilter compiled, PageBundle bundle)
    {
        var nicInterface = bundle.Interface;
        if (!ReferenceEquals(nicInterface, Volatile.Read(ref _prepared)))
        {
            _rejections.TryAdd(nicInterface.LinkType, compiled.Prepare(nicInterface.Link));
            Volatile.Write(ref _prepared, nicInterface);
        }

        return compiled.Select(bundle);
    }

    /// <summary>Counts as many packets as are still wanted. Another queue may take some of these at the same time.</summary>
    /// <returns>How many, if they reach the limit or it was reached before; null if more are wanted.</returns>
    private long? TakeOf(long most, int selected)
    {
        while (true)
        {
            var before = Interlocked.Read(ref _selected);
            var taken = Math.Min(selected, most - before);
            if (Interlocked.CompareExchange(ref _selected, before + taken, before) == before) return before + taken == most ? taken : null;
        }
    }

    private static void Cut(PageBundle bundle, long wanted)
    {
        var packets = bundle.Packets;
        var count = 0;
        for (var taken = 0L; taken < wanted; count++)
        {
            if (packets[count].Has(PacketFlags.Selected)) taken++;
        }

        bundle.Truncate(count);
    }
}
