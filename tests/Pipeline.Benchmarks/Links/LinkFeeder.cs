using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Links;

/// <summary>
/// A device that always has packets: 16,384 pages of 2 KiB, more than a cache holds, whose bytes are there already. It fills bundles of 64
/// and hands them over, and waits where no page is free.
/// </summary>
internal sealed class LinkFeeder : IDisposable
{
    private const int Pages = 16_384;
    private const int PageBytes = 2048;
    private const int BundlePackets = 64;

    private readonly PacketPagePool _pool = new("feeder", PageBytes, Pages);
    private readonly BundlePool _bundles = new(BundlePackets);
    private readonly SemaphoreSlim _woken = new(0);
    private readonly Action _wake;
    private readonly int[] _lengths;
    private readonly LinkLane _lane;
    private readonly Thread _thread;
    private volatile bool _isStopped;

    public LinkFeeder(int[] lengths, LinkLane lane)
    {
        (_lengths, _lane) = (lengths, lane);
        _wake = () => _woken.Release();
        for (var page = 0; page < Pages; page++) _pool.PageMemory(page).Fill((byte)page);
        _thread = new Thread(Run) { IsBackground = true, Name = ThreadName };
        _thread.Start();
    }

    public const string ThreadName = "feeder";

    public bool IsHome => _pool.Outstanding == 0;

    public void Stop()
    {
        _isStopped = true;
        _woken.Release();
        _thread.Join();
    }

    public void Dispose()
    {
        _pool.Dispose();
        _woken.Dispose();
    }

    private void Run()
    {
        Span<int> pages = stackalloc int[BundlePackets];
        while (!_isStopped)
        {
            var rented = _pool.Rent(pages);
            if (rented == 0)
            {
                _pool.WakeWhenReturned(_wake);
                _woken.Wait();
                continue;
            }

            var bundle = _bundles.Rent(_pool.Device, _lane.Account, NicInterface.Unknown);
            var room = bundle.Room;
            var bytes = 0L;
            for (var i = 0; i < rented; i++)
            {
                var length = (uint)_lengths[pages[i] % _lengths.Length];
                Packet.Write(out room[i], pages[i], _pool.OffsetOf(pages[i]), length, length);
                bytes += length;
            }

            _pool.Device.Take(pages[0], rented);
            bundle.Appended(rented, bytes);
            if (_lane.TrySend(bundle)) continue;
            bundle.Dispose();
            return;
        }
    }
}
