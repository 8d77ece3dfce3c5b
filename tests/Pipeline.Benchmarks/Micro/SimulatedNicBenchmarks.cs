using BenchmarkDotNet.Attributes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Micro;

/// <summary>
/// A packet of the simulated NIC: drawn, copied into a page, its page sent home again on the same thread. With more queues than one, each
/// looks over the whole wire, so the figure holds what all of them spend on a packet.
/// </summary>
public class SimulatedNicBenchmarks
{
    private const int Packets = 65536;
    private const int BundlePackets = 64;

    private readonly BundlePool _bundles = new(BundlePackets);
    private readonly PacketAccount _account = new("benchmark", AccountKind.Consumer);
    private SimulatedNic? _nic;

    [Params(TrafficProfile.Small, TrafficProfile.Imix)]
    public TrafficProfile Profile { get; set; }

    [Params(1, 4)]
    public int Queues { get; set; }

    [GlobalSetup]
    public void Setup() => _nic = SimulatedNic.Open(new SimulatedOptions { Profile = Profile, Queues = Queues });

    [Benchmark(OperationsPerInvoke = Packets)]
    public void Receive()
    {
        for (int taken = 0, turn = 0; taken < Packets; turn++)
        {
            var queue = _nic!.Queues[turn % Queues];
            using var bundle = _bundles.Rent(queue.DeviceShare, _account, NicInterface.Unknown);
            queue.Receive(bundle);
            taken += bundle.Count;
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _nic?.Dispose();
}
