using System.Diagnostics;

namespace Pipeline.Nic.Pages;

/// <summary>How pages come home: alone or with a whole bundle, from any thread, onto stacks that the owner takes whole.</summary>
public abstract unsafe partial class PagePool
{
    /// <summary>Links pages into the returned stack: one compare-and-swap for a whole chain.</summary>
    private protected void ReturnPages(ReadOnlySpan<int> pages)
    {
        if (pages.IsEmpty) return;
        foreach (var page in pages) Audit?.Returned(page);
        if (_memory.IsFilledByOthers) GiveToOthers(pages);
        else Stack(pages);

        // This is last: the thread that counts the last page home can unmap the region.
        Returned(pages.Length);
    }

    private void GiveToOthers(ReadOnlySpan<int> pages)
    {
        foreach (var page in pages) _memory.TakeBack(page);
    }

    private void Stack(ReadOnlySpan<int> pages)
    {
        for (var i = 0; i + 1 < pages.Length; i++) _nextReturned[pages[i]] = pages[i + 1];

        int head;
        do
        {
            head = Volatile.Read(ref _returns.FirstPage);
            _nextReturned[pages[^1]] = head;
        }
        while (Interlocked.CompareExchange(ref _returns.FirstPage, pages[0], head) != head);
    }

    /// <summary>
    /// Links a whole bundle into the stack of returned ones, with all of its pages. The descriptors say which pages those are; the owner
    /// wrote them itself and finds them in its own cache. So one cache line per bundle moves to the owner's CPU, and none per page.
    /// </summary>
    /// <param name="bundle">
    /// It has been reset except for its packets. None of them lies in a shared page. Afterwards it is the owner's.
    /// </param>
    private protected void ReturnBundle(PageBundle bundle)
    {
        var packets = bundle.Packets;
        if (Audit is not null) foreach (ref readonly var packet in packets) Audit.Returned(PageOf(packet.Offset));
        PageBundle? head;
        do
        {
            head = Volatile.Read(ref _returns.FirstBundle);
            bundle.Next = head;
        }
        while (Interlocked.CompareExchange(ref _returns.FirstBundle, bundle, head) != head);

        Returned(packets.Length);
    }

    private void Returned(int pages)
    {
        var returned = Interlocked.Add(ref _returns.Count, pages);
        Debug.Assert(returned <= Volatile.Read(ref _owner.Rented), "More pages came home than were rented.");
        if (Volatile.Read(ref _returns.Waiter) is not null) Wake();
        UnmapIfClosedAndHome();
    }

    private bool HasReturned => Volatile.Read(ref _returns.FirstPage) != None || Volatile.Read(ref _returns.FirstBundle) is not null;

    private void Wake() => Interlocked.Exchange(ref _returns.Waiter, null)?.Invoke();

    private void TakeReturned()
    {
        if (Volatile.Read(ref _returns.FirstPage) != None)
        {
            var page = Interlocked.Exchange(ref _returns.FirstPage, None);
            for (; page != None; page = _nextReturned[page]) _free[_owner.Free++] = page;
        }

        if (Volatile.Read(ref _returns.FirstBundle) is null) return;
        for (var bundle = Interlocked.Exchange(ref _returns.FirstBundle, null); bundle is not null;)
        {
            var next = bundle.Next;
            TakeFrom(bundle);
            bundle = next;
        }
    }

    private void TakeFrom(PageBundle bundle)
    {
        var free = _free.AsSpan(_owner.Free, bundle.Count);
        var packets = bundle.Packets[..free.Length];
        for (var i = 0; i < free.Length; i++) free[i] = PageOf(packets[i].Offset);
        _owner.Free += free.Length;
        bundle.Recycle();
    }
}
