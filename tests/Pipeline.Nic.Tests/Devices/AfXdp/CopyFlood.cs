using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Linux;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>Sends one packet again and again from every CPU, not more on their way than a queue of the kernel holds.</summary>
internal sealed class CopyFlood : IDisposable
{
    private const int MostOnTheirWay = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _enough = new();
    private readonly Task[] _sending;
    private int _sent;

    public CopyFlood(VethWire wire, AfXdpNic nic, byte[] packet) => _sending =
    [
        .. Sched.AllowedCpus().Select(cpu => Task.Factory.StartNew(() => SendFrom(cpu, wire, nic, packet), TaskCreationOptions.LongRunning)),
    ];

    public int Sent => Volatile.Read(ref _sent);

    public void Stop()
    {
        _enough.Cancel();
        Task.WaitAll(_sending, Patience);
    }

    public void Dispose()
    {
        Stop();
        _enough.Dispose();
    }

    private void SendFrom(int cpu, VethWire wire, AfXdpNic nic, byte[] packet)
    {
        Sched.PinThisThread(cpu);
        using var socket = wire.FarSocket();
        while (!_enough.IsCancellationRequested)
        {
            socket.Send(packet);
            var now = Interlocked.Increment(ref _sent);
            SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets >= now - MostOnTheirWay, Patience);
        }
    }
}
