using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;

namespace Pipeline.Benchmarks.Links;

/// <summary>
/// Akka.Remote between two actor systems of this process over loopback, plain: arrays of bytes as long as a link's frames, with as much in
/// flight as a link has. That is its best case: no bundle is made into an array, or made of one.
/// </summary>
internal static class AkkaRemoteRun
{
    private const int FrameBytes = 64 << 10;
    private const int InFlight = 16;

    private static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = remote
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0, maximum-frame-size = 256 KiB, send-buffer-size = 1 MiB, receive-buffer-size = 1 MiB }
        }
        """);

    public static LinkFigures Measure(double seconds)
    {
        using var here = ActorSystem.Create("here", Settings);
        using var there = ActorSystem.Create("there", Settings);
        var counted = new Counted();
        var receiver = there.ActorOf(Props.Create(() => new Receiver(counted)), "receiver");
        var address = ((ExtendedActorSystem)there).Provider.DefaultAddress;
        var remote = here.ActorSelection(new RootActorPath(address) / receiver.Path.Elements).ResolveOne(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
        here.ActorOf(Props.Create(() => new Sender(remote)), "sender");
        Thread.Sleep(TimeSpan.FromSeconds(0.5));

        var (before, cpu, clock) = (counted.Bytes, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        var gigabytes = (counted.Bytes - before) / 1e9;
        var elapsed = clock.Elapsed.TotalSeconds;
        var used = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        Task.WaitAll(here.Terminate(), there.Terminate());

        // Its threads are those of pools, so the CPU of the whole process is put down to the sender.
        return new LinkFigures(gigabytes / elapsed, 0, used / gigabytes, 0, 0);
    }

    private sealed class Counted
    {
        private long _bytes;

        public long Bytes => Volatile.Read(ref _bytes);

        public void Add(int bytes) => Volatile.Write(ref _bytes, _bytes + bytes);
    }

    private sealed class Sender : UntypedActor
    {
        private readonly byte[] _frame = new byte[FrameBytes];
        private readonly IActorRef _to;

        public Sender(IActorRef to)
        {
            _to = to;
            for (var i = 0; i < InFlight; i++) _to.Tell(_frame);
        }

        protected override void OnReceive(object message) => _to.Tell(_frame);
    }

    private sealed class Receiver(Counted counted) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            counted.Add(((byte[])message).Length);
            Sender.Tell(1);
        }
    }
}
