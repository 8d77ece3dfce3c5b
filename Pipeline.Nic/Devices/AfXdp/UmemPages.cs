using System.Runtime.CompilerServices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The pages of a queue that the kernel has, to write packets to. The kernel does not notice a page that it is given twice: it writes over
/// a packet that somebody reads. So every page is noted when it goes to the kernel and when it comes back. One thread at a time.
/// </summary>
internal sealed class UmemPages
{
    private const int Burst = 64;

    private readonly PacketPagePool _pool;
    private readonly bool[] _isKernels;
    private readonly int[] _spare;
    private int _spares;

    public UmemPages(PacketPagePool pool)
    {
        _pool = pool;
        _isKernels = new bool[pool.PageCount];
        _spare = new int[pool.PageCount];
    }

    /// <summary>Gives the kernel as many pages as the ring has room for and the pool has.</summary>
    /// <returns>Whether it gave any.</returns>
    public bool Fill(XdpRing<ulong> ring)
    {
        var given = false;

        // Bundles that came home are used again only when their pages have been taken over.
        _pool.Rent([]);
        while (ring.Room(Burst) is > 0 and var room)
        {
            if (_spares == 0) _spares = _pool.Rent(_spare.AsSpan(0, Math.Min(room, _spare.Length)));
            if (_spares == 0) break;
            var count = Math.Min(room, _spares);
            for (var i = 0; i < count; i++) ring[i] = _pool.OffsetOf(Give(_spare[--_spares]));
            ring.Produce(count);
            given = true;
        }

        return given;
    }

    /// <summary>Notes that the kernel has given back a page with something in it.</summary>
    /// <exception cref="InvalidOperationException">The kernel did not have it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    public void TakeBack(int page)
    {
        if (!_isKernels[page]) throw NotKernels(page);
        _isKernels[page] = false;
    }

    /// <summary>Keeps a page that came back and whose contents nobody needs, to give it to the kernel again.</summary>
    public void Reuse(int page) => _spare[_spares++] = page;

    /// <summary>Returns all of them to the pool. The kernel must not write to any of them any more.</summary>
    public void ReturnAll()
    {
        while (_spares > 0) _pool.ReturnUnused(_spare[--_spares]);
        for (var page = 0; page < _isKernels.Length; page++)
        {
            if (!_isKernels[page]) continue;
            _isKernels[page] = false;
            _pool.ReturnUnused(page);
        }
    }

    private int Give(int page)
    {
        if (_isKernels[page]) throw new InvalidOperationException($"Page {page} of {_pool.Name} was given to the kernel twice.");
        _isKernels[page] = true;
        return page;
    }

    private InvalidOperationException NotKernels(int page) =>
        new($"The kernel gave back page {page} of {_pool.Name}, which it did not have.");
}
