using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Links;

/// <summary>
/// Consumers on a thread of their own that deliver, drop, reject and hold packets, dispose bundles out of order, and settle what they hold at
/// some time later. What each does is a function of the seed; when, is not.
/// </summary>
internal sealed class RandomConsumer
{
    private static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();

    private readonly ConcurrentQueue<(int Instance, PageBundle Bundle)> _came = [];
    private readonly List<(int Instance, PageBundle Bundle)> _kept = [];
    private readonly List<(int Instance, long Packets, long Bytes)> _held = [];
    private readonly Chance _chance;
    private readonly Thread _thread;
    private volatile bool _isFinishing;
    private volatile bool _isStopped;

    public RandomConsumer(ulong seed)
    {
        _chance = new Chance(seed);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public ConcurrentDictionary<int, PacketAccount> Accounts { get; set; } = [];

    public void Take(int instance, PageBundle bundle) => _came.Enqueue((instance, bundle));

    /// <summary>From now on it keeps nothing back.</summary>
    public void Finish() => _isFinishing = true;

    public void Stop()
    {
        _isStopped = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_isStopped)
        {
            while (_came.TryDequeue(out var one)) _kept.Add(one);
            if (_kept.Count > 0 && (_isFinishing || _kept.Count > 3)) End(_chance.Below(_kept.Count));
            else if (_held.Count > 0 && (_isFinishing || _held.Count > 20)) Settle(_chance.Below(_held.Count));
            else Thread.Yield();
        }
    }

    private void End(int index)
    {
        var (instance, bundle) = _kept[index];
        _kept.RemoveAt(index);
        var some = _chance.Below(bundle.Count);
        var bytes = 0L;
        foreach (ref readonly var packet in bundle.Packets[..some]) bytes += packet.CapturedLength;
        switch (_chance.Below(5))
        {
            case 0:
                bundle.SettleDropped(_chance.Of<DropReason>(Reasons));
                break;
            case 1:
                bundle.Reject(_chance.Of<DropReason>(Reasons), some, bytes);
                break;
            case 2:
                bundle.Hold(some, bytes);
                _held.Add((instance, some, bytes));
                break;
            case 3:
                bundle.SettleDelivered();
                break;
        }

        bundle.Dispose();
    }

    private void Settle(int index)
    {
        var (instance, packets, bytes) = _held[index];
        _held.RemoveAt(index);
        if (_chance.OneIn(2)) Accounts[instance].HeldDelivered(packets, bytes);
        else Accounts[instance].HeldDropped(_chance.Of<DropReason>(Reasons), packets, bytes);
    }
}
