using System.Security.Cryptography;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Tests.Devices.Simulated;

/// <summary>Takes all packets out of a simulated NIC, queue by queue in a given manner, and keeps what is to be known of them.</summary>
internal sealed class SimulatedRun : IDisposable
{
    private readonly BundlePool _bundles;
    private readonly PacketAccount _account = new("test", AccountKind.Consumer);
    private readonly Queue<PageBundle> _out = new();

    public SimulatedRun(SimulatedOptions options, TimeProvider? time = null, int bundlePackets = 64)
    {
        _bundles = new BundlePool(bundlePackets);
        Nic = SimulatedNic.Open(options, time);
        Accounts = [.. Nic.Queues.Select(q => new QueueAccount(q.Name))];
    }

    public SimulatedNic Nic { get; }

    public QueueAccount[] Accounts { get; }

    public List<Seen> Packets { get; } = [];

    public long Received => Accounts.Sum(a => a.Received.Packets);

    public bool Balances => Nic.Queues.All(q => q.Pool.Outstanding == 0);

    public static SimulatedRun ToEnd(SimulatedOptions options, Random? order = null, int inFlight = 0, Action<SimulatedNic>? prepare = null)
    {
        var run = new SimulatedRun(options);
        prepare?.Invoke(run.Nic);
        run.Drain(order ?? new Random(1), inFlight);
        return run;
    }

    public long Lost(DeviceLoss loss) => Accounts.Sum(a => a.Lost(loss));

    /// <summary>By time, queue and sequence, as captures are merged.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var packet in Packets.OrderBy(p => p.Time).ThenBy(p => p.Queue)) hash.AppendData(System.Text.Encoding.ASCII.GetBytes($"{packet.Time} {packet.Queue} {packet.Mark} {packet.Digest}\n"));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Asks the queues in a random order, and holds so many bundles before the oldest goes home.</summary>
    public void Drain(Random order, int inFlight)
    {
        var open = Enumerable.Range(0, Nic.Queues.Count).ToList();
        while (open.Count > 0)
        {
            var queue = open[order.Next(open.Count)];
            var status = Receive(queue);
            if (status == ReceiveStatus.End) open.Remove(queue);
            while (_out.Count > (status == ReceiveStatus.NoPage ? 0 : inFlight)) _out.Dequeue().Dispose();
        }

        Release();
        ReadLosses();
    }

    public ReceiveStatus Receive(int index)
    {
        var queue = Nic.Queues[index];
        var bundle = _bundles.Rent(queue.DeviceShare, _account, NicInterface.Unknown);
        var status = queue.Receive(bundle);
        if (status != ReceiveStatus.Received)
        {
            bundle.Dispose();
            return status;
        }

        Accounts[index].CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
        foreach (ref readonly var packet in bundle.Packets) Packets.Add(Seen.Of(index, bundle, packet));
        _out.Enqueue(bundle);
        return status;
    }

    /// <summary>Lets all bundles go.</summary>
    public void Release()
    {
        while (_out.TryDequeue(out var bundle)) bundle.Dispose();
    }

    public void ReadLosses()
    {
        for (var i = 0; i < Accounts.Length; i++) Nic.Queues[i].ReadLosses(Accounts[i]);
    }

    public void Dispose()
    {
        Release();
        Nic.Dispose();
    }
}

/// <param name="Bundle">How many packets came with it.</param>
internal sealed record Seen(int Queue, int Bundle, long Time, byte[] Bytes, Packet Descriptor, NicInterface Interface)
{
    public uint Mark => Descriptor.Mark;

    public string Digest => Convert.ToHexString(SHA256.HashData(Bytes));

    public static Seen Of(int queue, PageBundle bundle, in Packet packet) =>
        new(queue, bundle.Count, packet.TimestampNanoseconds, bundle.BytesOf(packet).ToArray(), packet, bundle.Interface);
}
