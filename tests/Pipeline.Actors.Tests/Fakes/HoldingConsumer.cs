using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Takes every bundle over and is through with the oldest at each flush, as a device that transmits without a copy.</summary>
internal sealed class HoldingConsumer : IBundleConsumer
{
    private readonly Queue<PageBundle> _held = new();

    public bool IsStuck { get; init; }

    public int InFlight => Volatile.Read(ref _inFlight);

    private int _inFlight;

    public bool TryTake(PageBundle bundle)
    {
        _held.Enqueue(bundle);
        Volatile.Write(ref _inFlight, _held.Count);
        return true;
    }

    public void Consume(scoped PacketBatch batch) => throw new InvalidOperationException("It takes every bundle.");

    public void Flush()
    {
        if (IsStuck || !_held.TryDequeue(out var bundle)) return;
        bundle.SettleDelivered();
        bundle.Dispose();
        Volatile.Write(ref _inFlight, _held.Count);
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
        while (_held.TryDequeue(out var bundle))
        {
            bundle.SettleDropped(DropReason.Shutdown);
            bundle.Dispose();
        }
    }
}
