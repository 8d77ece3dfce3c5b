using System.Diagnostics;
using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Pages;

/// <summary>
/// Recycles bundles. One thread rents; any thread returns. It makes a new bundle when none is back yet, so it never waits. The page pool
/// bounds the number of bundles, since every bundle that is out holds at least one packet.
/// </summary>
[DebuggerDisplay("{_all.Count} bundles of {BundlePackets} packets")]
public sealed class BundlePool(int bundlePackets)
{
    private readonly List<PageBundle> _all = [];
    private PageBundle? _free;
    private Returns _returned;

    /// <summary>Packets per bundle.</summary>
    public int BundlePackets { get; } = bundlePackets;

    /// <summary>Bundles ever made.</summary>
    public int Made
    {
        get { lock (_all) return _all.Count; }
    }

    /// <summary>Takes an empty bundle for packets of <paramref name="share"/>'s pool. Only for the pool's own thread.</summary>
    public PageBundle Rent(PageShare share, PacketAccount account, NicInterface nicInterface)
    {
        var bundle = _free ?? Interlocked.Exchange(ref _returned.First, null) ?? Make();
        _free = bundle.Next;
        bundle.Next = null;
        bundle.Open(share, account, nicInterface);
        return bundle;
    }

    /// <summary>
    /// Settles every bundle that is still out as dropped, for a stop that cannot wait any longer. Any thread, while others settle and
    /// dispose. Nobody must rent or append any more, because packets appended later are not counted.
    /// </summary>
    public void SettleAll(DropReason reason)
    {
        PageBundle[] all;
        lock (_all) all = [.. _all];
        foreach (var bundle in all) bundle.SettleDropped(reason);
    }

    /// <summary>
    /// Settles every bundle that is still out as dropped and takes it home, for when its owner is gone. Call it only when no thread rents,
    /// settles or disposes any more.
    /// </summary>
    public void ReclaimAll(DropReason reason)
    {
        PageBundle[] all;
        lock (_all) all = [.. _all];
        foreach (var bundle in all.Where(b => b.IsOut))
        {
            bundle.SettleDropped(reason);
            bundle.Dispose();
        }
    }

    internal void Return(PageBundle bundle)
    {
        PageBundle? head;
        do
        {
            head = Volatile.Read(ref _returned.First);
            bundle.Next = head;
        }
        while (Interlocked.CompareExchange(ref _returned.First, bundle, head) != head);
    }

    private PageBundle Make()
    {
        var bundle = new PageBundle(this, BundlePackets);
        lock (_all) _all.Add(bundle);
        return bundle;
    }

    // Threads other than the renting one write it.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Returns
    {
        [FieldOffset(64)]
        public PageBundle? First;
    }
}
