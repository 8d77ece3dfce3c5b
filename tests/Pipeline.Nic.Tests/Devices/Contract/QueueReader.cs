using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Tests.Devices.Contract;

/// <summary>Reads a queue as its actor does: burst by burst, and asleep where there is nothing. What it received it holds until it is let go.</summary>
internal sealed class QueueReader(INicQueue queue) : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BundlePool _bundles = new(16);
    private readonly PacketAccount _delivered = new("reader", AccountKind.Consumer);
    private readonly List<PageBundle> _held = [];

    /// <summary>Packets and losses, as the ledger would have them.</summary>
    public QueueAccount Account { get; } = new(queue.Name);

    /// <summary>The bytes of every packet, as they were when it came.</summary>
    public List<byte[]> Packets { get; } = [];

    public IReadOnlyList<PageBundle> Held => _held;

    public long Lost => Enum.GetValues<DeviceLoss>().Sum(Account.Lost);

    /// <summary>One call, and what it came to.</summary>
    public ReceiveStatus Receive()
    {
        var bundle = _bundles.Rent(queue.DeviceShare, _delivered, NicInterface.Unknown);
        var status = ReceiveStatus.End;
        try
        {
            status = queue.Receive(bundle);
            return status;
        }
        finally
        {
            if (status == ReceiveStatus.Received) Keep(bundle);
            else bundle.Dispose();
        }
    }

    /// <summary>Receives and holds until nothing more comes without something being let go, or at all.</summary>
    public ReceiveStatus HoldAll()
    {
        while (true)
        {
            if (Receive() is not ReceiveStatus.Received and var status) return status;
        }
    }

    /// <summary>Receives until it has so many packets, letting each bundle go when the next is there; sleeps where there is nothing.</summary>
    /// <returns>What it stopped at: received, the end, or a source that is down.</returns>
    public ReceiveStatus ReceiveUntil(Func<bool> isEnough)
    {
        while (!isEnough())
        {
            var status = Receive();
            if (status is ReceiveStatus.End or ReceiveStatus.Down) return status;
            Release();
            if (status == ReceiveStatus.Empty) Sleep(isEnough);
        }

        return ReceiveStatus.Received;
    }

    public void ReadLosses() => queue.ReadLosses(Account);

    /// <summary>Lets all bundles go.</summary>
    public void Release()
    {
        foreach (var bundle in _held) bundle.Dispose();
        _held.Clear();
    }

    /// <summary>Its bundles have been let go by others.</summary>
    public void Forget() => _held.Clear();

    public void Dispose() => Release();

    private void Sleep(Func<bool> isEnough)
    {
        ReadLosses();
        if (isEnough()) return;
        using var woken = new ManualResetEventSlim();
        queue.WakeWhenReady(() => Set(woken));
        if (!woken.Wait(Patience)) throw new TimeoutException($"{queue.Name} did not wake its reader after {Packets.Count} packets and {Lost} losses");
    }

    // A wake-up too many may come when nobody waits any more.
    private static void Set(ManualResetEventSlim woken)
    {
        try
        {
            woken.Set();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private void Keep(PageBundle bundle)
    {
        Account.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
        foreach (ref readonly var packet in bundle.Packets) Packets.Add(bundle.BytesOf(packet).ToArray());
        _held.Add(bundle);
    }
}
