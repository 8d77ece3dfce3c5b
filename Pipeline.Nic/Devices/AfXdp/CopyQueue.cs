using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// Copies of packets that stay with the kernel, of all queues of an interface. They are copied once by the program in the kernel, and once
/// more into a page. Where nobody reads in time copies are lost and counted; the packets are not.
/// </summary>
/// <remarks>
/// Each CPU's copies come in their order. Those of two CPUs do not, except that the copies of one generation of rules come before those of
/// the next.
/// </remarks>
internal sealed class CopyQueue : INicQueue
{
    private const int Burst = 64;

    private readonly AfXdpNic _nic;
    private readonly int _index;
    private readonly PacketPagePool _pool;
    private readonly int[] _spare = new int[Burst];
    private int _spares;
    private uint _turn;
    private int _newsSeen;
    private PacketTally _unread;
    private PacketTally _told;
    private bool _sleeps;
    private bool _disposed;

    /// <param name="index">Its place among those that get news of the interface.</param>
    /// <param name="pool">This owns it. Of packets longer than its pages the beginning is copied.</param>
    public CopyQueue(AfXdpNic nic, int index, PacketPagePool pool) => (_nic, _index, _pool) = (nic, index, pool);

    public string Name => _pool.Name;

    public PagePool Pool => _pool;

    public PageShare DeviceShare => _pool.Device;

    private CopyRings Rings => _nic.Attachment.Port.Copies;

    public ReceiveStatus Receive(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_sleeps) NoteThatItSleeps(false);
        _newsSeen = _nic.News.Edition;

        // Both are asked before the rings: what is said then holds of all that lies in them.
        var isDetached = _nic.IsDetached;
        var decided = _nic.Attachment.DecidedUpTo;
        if (Oldest(decided) is not { } generation) return isDetached ? ReceiveStatus.End : ReceiveStatus.Empty;
        return Take(generation, bundle) ? ReceiveStatus.Received : ReceiveStatus.NoPage;
    }

    public void WakeWhenReady(Action wake)
    {
        _nic.News.WakeAtNews(_index, wake);
        if (_disposed || _newsSeen != _nic.News.Edition)
        {
            wake();
            return;
        }

        foreach (var ring in Rings.All)
        {
            if (_nic.Waiter.TryWakeWhenReadable(ring.Descriptor, wake)) continue;
            wake();
            return;
        }

        // Whoever writes from now on sees that the reader sleeps; what was written before is seen here. The kernel says only once that
        // something was written, and whoever asked for it then may have asked too early (perf_poll, kernel/events/core.c).
        NoteThatItSleeps(true);
        Interlocked.MemoryBarrier();
        if (Oldest(_nic.Attachment.DecidedUpTo) is not null) wake();
    }

    /// <summary>Copies that were lost count as such, and not as packets that were.</summary>
    public void ReadLosses(QueueAccount account)
    {
        var lost = _nic.Attachment.Port.LostCopies + _unread - _told;
        if (lost == default) return;
        account.CountLost(DeviceLoss.RingFull, lost.Packets, lost.Bytes);
        _told += lost;
    }

    public bool Drain()
    {
        if (_disposed) return false;
        _nic.Drain();
        return true;
    }

    /// <summary>Copies that nobody has read count as lost.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var ring in Rings.All)
        {
            for (; ring.TryPeek(); ring.Skip()) _unread += new PacketTally(1, ring.Copy.WireLength);
        }

        while (_spares > 0) _pool.ReturnUnused(_spare[--_spares]);
        _pool.Dispose();
    }

    private void NoteThatItSleeps(bool sleeps)
    {
        _sleeps = sleeps;
        _nic.Attachment.Port.NoteReader(sleeps);
    }

    /// <summary>
    /// The generation whose copies are next; null for none. A CPU whose ring is empty may still write copies of an earlier generation while
    /// some CPU runs that, so those of a later one wait.
    /// </summary>
    /// <param name="decided">The first generation that a CPU may still run.</param>
    private int? Oldest(int decided)
    {
        var oldest = int.MaxValue;
        var isAny = false;
        foreach (var ring in Rings.All)
        {
            if (!ring.TryPeek() || (int)ring.Copy.Metadata.Generation > decided) continue;
            oldest = Math.Min(oldest, (int)ring.Copy.Metadata.Generation);
            isAny = true;
        }

        return isAny ? oldest : null;
    }

    /// <summary>Copies packets of one generation into pages, as many as there are places and pages for.</summary>
    /// <returns>False where there was no page.</returns>
    private bool Take(int generation, PageBundle bundle)
    {
        var rings = Rings.All;
        var marks = _nic.Attachment.Find((uint)generation)?.Marks;
        var room = bundle.Room;
        var (filled, bytes, isFull) = (0, 0L, false);

        // Bundles that came home are used again only when their pages have been taken over.
        _pool.Rent([]);

        // Each time another CPU is first, so that a busy one does not keep the others waiting.
        _turn++;
        for (var i = 0; i < rings.Length && !isFull; i++)
        {
            var ring = rings[(int)((_turn + (uint)i) % (uint)rings.Length)];
            while (ring.TryPeek() && (int)ring.Copy.Metadata.Generation == generation)
            {
                isFull = filled == room.Length || !HasPage();
                if (isFull) break;
                bytes += Copy(ring, _spare[--_spares], out room[filled]);
                if (marks is not null) ring.Copy.Metadata.WriteTo(ref room[filled], marks.Rules);
                ring.Skip();
                filled++;
            }

            ring.Release();
        }

        if (filled == 0) return false;
        bundle.Interface = _nic.Interface;
        bundle.MarkedBy = marks;
        DeviceShare.Take(_pool.PageOf(room[0].Offset), filled);
        bundle.Appended(filled, bytes);
        return true;
    }

    private bool HasPage()
    {
        if (_spares == 0) _spares = _pool.Rent(_spare);
        return _spares > 0;
    }

    private int Copy(PerfRing ring, int page, out Packet packet)
    {
        var length = Math.Min(ring.Copy.CapturedLength, _pool.PageSize);
        ring.CopyTo(_pool.PageMemory(page)[..length]);
        Packet.Write(out packet, ring.Time, _pool.OffsetOf(page), (uint)length, ring.Copy.WireLength);
        return length;
    }
}
