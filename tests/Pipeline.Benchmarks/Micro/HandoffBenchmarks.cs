using Akka.Actor;
using BenchmarkDotNet.Attributes;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Benchmarks.Micro;

/// <summary>
/// Bundles through the queue inside a mailbox to another thread, which reads every descriptor and sends the bundle home. Both threads
/// spin, so this is the price of moving cache lines, without that of waking anybody. Wants two idle CPUs.
/// </summary>
public class HandoffBenchmarks
{
    private const int Rounds = 256;

    /// <summary>Bundles on the way at most, as a pool would allow.</summary>
    private const int MostWaiting = 64;

    private readonly PacketStock _stock = new();
    private readonly BundleQueue _queue = new(capacity: 4096);
    private Thread? _consumer;
    private volatile bool _ended;
    private long _sum;
    private long _taken;
    private long _sent;

    [GlobalSetup]
    public void Setup()
    {
        _consumer = new Thread(Consume) { IsBackground = true };
        _consumer.Start();
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets * Rounds)]
    public long Handoff()
    {
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < PacketStock.Bundles; i++)
            {
                while (_queue.Depth >= MostWaiting) Thread.SpinWait(4);
                _queue.Enqueue(ActorRefs.Nobody, new Envelope(_stock.Rent(i), ActorRefs.NoSender));
                _sent++;
            }
        }

        while (Volatile.Read(ref _taken) != _sent) Thread.SpinWait(4);
        return _sum;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _ended = true;
        _consumer?.Join();
        _stock.Dispose();
    }

    private void Consume()
    {
        while (!_ended)
        {
            if (!_queue.TryTake(out var bundle))
            {
                Thread.SpinWait(4);
                continue;
            }

            foreach (ref readonly var packet in bundle!.Packets) _sum += packet.CapturedLength + packet.Mark;
            bundle.Dispose();
            Volatile.Write(ref _taken, _taken + 1);
        }
    }
}
