using System.Runtime.InteropServices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// Where any thread puts bundles for the thread of a link: a stack that the thread takes whole, with one compare-and-swap to a bundle
/// and one addition.
/// </summary>
internal sealed class LaneInbox
{
    /// <summary>Stands in an inbox that is closed.</summary>
    private static readonly PageBundle Closed = new(new BundlePool(1), 1);

    private Head _head;

    /// <summary>Whether nothing is in it. Any thread.</summary>
    public bool IsEmpty => Volatile.Read(ref _head.First) is null;

    /// <summary>
    /// Packets that were put in since the beginning. Any thread; it is too large for a moment where nothing can be put in any more.
    /// </summary>
    public long Packets => Volatile.Read(ref _head.Packets);

    /// <returns>False where it is closed; the bundle remains the caller's.</returns>
    public bool TryPut(PageBundle bundle)
    {
        // They are counted first: once the bundle is in, it is not the caller's, and it can be disposed before the count is right.
        var packets = bundle.Count;
        Interlocked.Add(ref _head.Packets, packets);
        while (true)
        {
            var first = Volatile.Read(ref _head.First);
            bundle.Next = first == Closed ? null : first;
            if (first == Closed)
            {
                Interlocked.Add(ref _head.Packets, -packets);
                return false;
            }

            if (Interlocked.CompareExchange(ref _head.First, bundle, first) == first) return true;
        }
    }

    /// <summary>Takes all there are; the one that came last is the first of the chain. Only for the thread of the link.</summary>
    public PageBundle? TakeAll() => Interlocked.Exchange(ref _head.First, null);

    /// <summary>Takes all there are, and nothing can be put in any more.</summary>
    public PageBundle? Close()
    {
        var chain = Interlocked.Exchange(ref _head.First, Closed);
        return chain == Closed ? null : chain;
    }

    // Many threads write it; nothing else is on its lines.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Head
    {
        [FieldOffset(64)]
        public PageBundle? First;

        // It is on the line that whoever puts a bundle in needs anyway.
        [FieldOffset(72)]
        public long Packets;
    }
}
