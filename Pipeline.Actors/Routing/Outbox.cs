using System.Diagnostics;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// One lane's end at one instance of its group: the bundle being filled, the bundles that are held back, and the number of bundles that are
/// out. For the router's thread alone.
/// </summary>
/// <param name="target">The instance.</param>
/// <param name="window">The most bundles that may be out while the route is short of room. 0 holds every bundle back, room or not.</param>
[DebuggerDisplay("{_held.Count} bundles held back, open: {Open}")]
internal sealed class Outbox(IBundleTarget target, int window)
{
    private readonly Queue<PageBundle> _held = new();
    private Departures _departures = new();
    private int _lastPage = -1;

    /// <summary>The instance.</summary>
    public IBundleTarget Target => target;

    /// <summary>The bundle being filled; null for none.</summary>
    public PageBundle? Open { get; set; }

    /// <summary>The oldest packets that are not sent yet; null for none.</summary>
    public PageBundle? Oldest => _held.TryPeek(out var held) ? held : Open;

    /// <summary>Pages of the route's share that are out to an instance that is bounded; else 0.</summary>
    public long PagesOut => _departures.LoadOut;

    /// <summary>Sends a bundle, or holds it back behind those that are held already.</summary>
    /// <param name="bundle">The bundle, which is handed over.</param>
    /// <param name="isShort">Whether the route is short of room.</param>
    /// <param name="wake">Called, on any thread, when <see cref="SendHeld"/> has something to do.</param>
    public void Send(PageBundle bundle, bool isShort, Action wake)
    {
        if (_held.Count == 0 && window > 0 && !(isShort && _departures.Out >= window))
        {
            Depart(bundle);
            return;
        }

        _held.Enqueue(bundle);
        if (_held.Count == 1) AskForRoom(wake);
    }

    /// <summary>Sends as many of the held bundles as there is room for.</summary>
    public void SendHeld(Action wake)
    {
        if (_held.Count == 0) return;
        while (_held.Count > 0 && _departures.Out < window) Depart(_held.Dequeue());
        if (_held.Count > 0) AskForRoom(wake);
    }

    /// <summary>Sends all held bundles, room or not.</summary>
    public void SendAllHeld()
    {
        while (_held.TryDequeue(out var bundle)) Depart(bundle);
    }

    /// <summary>Removes and returns <see cref="Oldest"/>; null when there is nothing.</summary>
    /// <param name="wasOpen">Whether it was the bundle being filled.</param>
    public PageBundle? TakeOldest(out bool wasOpen)
    {
        wasOpen = false;
        if (_held.TryDequeue(out var bundle)) return bundle;
        (bundle, Open) = (Open, null);
        wasOpen = bundle is not null;
        return bundle;
    }

    /// <summary>Ends the count of what has been sent so far, and begins another.</summary>
    /// <returns>The count that ended; nothing is added to it any more.</returns>
    public Departures CountAnew()
    {
        var ended = _departures;
        _departures = new Departures();
        return ended;
    }

    private void Depart(PageBundle bundle)
    {
        _departures.Depart(bundle, target.IsBounded ? PagesOf(bundle) : 0);
        target.Send(bundle);
    }

    /// <summary>
    /// Pages that a bundle pins and the one before it does not: packets of one page come side by side. Copies are in pages beside the share.
    /// </summary>
    private int PagesOf(PageBundle bundle)
    {
        var pool = bundle.Share.Pool;
        if (pool is PacketPagePool copies && ReferenceEquals(bundle.Share, copies.Device)) return 0;
        if (pool.HasOnePacketToAPage) return bundle.Count;
        var packets = bundle.Packets;
        var pages = 0;
        for (var start = 0; start < packets.Length; start = pool.EndOfStretch(packets, start, packets.Length))
        {
            var page = pool.PageOf(packets[start].Offset);
            if (page != _lastPage) pages++;
            _lastPage = page;
        }

        return pages;
    }

    private void AskForRoom(Action wake)
    {
        if (window > 0) _departures.WakeWhenOut(window / 2, wake);
    }
}
