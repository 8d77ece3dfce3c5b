using System.Diagnostics;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Host.Benching;

/// <summary>
/// Reads one queue of a device as the program's own queue actors do, on one thread, and touches each packet. There are no actors, rules or
/// consumers, so what it costs is the device's price alone.
/// </summary>
internal sealed class LiveReader(INicQueue queue)
{
    private const int BundlePackets = 64;

    /// <summary>Bytes into a packet: with IPv4 over Ethernet, the destination's address.</summary>
    private const int Touched = 30;

    private readonly BundlePool _bundles = new(BundlePackets);
    private readonly PacketAccount _read = new("bench", AccountKind.Consumer);
    private readonly QueueAccount _account = new(queue.Name);
    private readonly List<Action> _due = [];
    private long _sum;

    public string Name => queue.Name;

    public PacketTally Received { get; private set; }

    public long BundleCount { get; private set; }

    /// <summary>How often there was nothing to read.</summary>
    public long Sleeps { get; private set; }

    /// <summary>From the first packet to the last.</summary>
    public TimeSpan Wall { get; private set; }

    /// <summary>What CPUs spent on this thread meanwhile.</summary>
    public TimeSpan Cpu { get; private set; }

    /// <summary>Packets that were lost, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lost =>
        Enum.GetValues<DeviceLoss>().Where(l => _account.Lost(l) > 0).ToDictionary(l => l.Name(), _account.Lost);

    /// <summary>Reads until told to stop. On the calling thread, which waits for the device itself.</summary>
    /// <param name="cpu">The CPU to stay on; null for any.</param>
    public void Read(int? cpu, CancellationToken stop)
    {
        if (cpu is { } one) Sched.PinThisThread(one);
        using var descriptors = new DescriptorSet { Rest = new BundleOptions().Latency };
        DescriptorSet.OfThisThread = descriptors;
        using var ending = stop.Register(descriptors.Ring);
        var (firstAt, firstCpu, lastAt) = (0L, TimeSpan.Zero, 0L);
        queue.TryOpen();
        while (!stop.IsCancellationRequested)
        {
            if (!ReadBundle())
            {
                Sleep(descriptors);
                continue;
            }

            lastAt = Stopwatch.GetTimestamp();
            if (firstAt == 0) (firstAt, firstCpu) = (lastAt, Resource.CpuTimeOfThisThread());
        }

        (Wall, Cpu) = (Stopwatch.GetElapsedTime(firstAt, lastAt), Resource.CpuTimeOfThisThread() - firstCpu);
        queue.ReadLosses(_account);
        DescriptorSet.OfThisThread = null;
        GC.KeepAlive(_sum);
    }

    private bool ReadBundle()
    {
        // Disposing the bundle sends its pages home, where the queue finds them again.
        using var bundle = _bundles.Rent(queue.DeviceShare, _read, NicInterface.Unknown);
        if (queue.Receive(bundle) != ReceiveStatus.Received) return false;
        foreach (ref readonly var packet in bundle.Packets)
        {
            if (packet.CapturedLength > Touched) _sum += bundle.BytesOf(packet)[Touched];
        }

        Received += new PacketTally(bundle.Count, bundle.Bytes);
        BundleCount++;
        return true;
    }

    private void Sleep(DescriptorSet descriptors)
    {
        Sleeps++;
        var isWoken = false;
        queue.WakeWhenReady(() => isWoken = true);
        if (isWoken) return;
        descriptors.Wait(waits: true, _due);
        foreach (var wake in _due) wake();
        _due.Clear();
    }
}
