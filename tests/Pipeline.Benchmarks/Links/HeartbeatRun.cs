using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;

namespace Pipeline.Benchmarks.Links;

/// <summary>
/// How long a short message takes to another actor system and back, every 20 ms, as the members of a cluster watch each other: while nothing
/// else goes on, and beside a link at full speed.
/// </summary>
internal static class HeartbeatRun
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = remote
          loglevel = OFF
          stdout-loglevel = OFF
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        }
        """);

    /// <returns>Milliseconds there and back: the median, and what 99 of 100 take at most; and the link's gigabytes a second meanwhile.</returns>
    public static (double Median, double P99, double Gigabytes) Measure(double seconds, int[]? beside)
    {
        using var here = ActorSystem.Create("here", Settings);
        using var there = ActorSystem.Create("there", Settings);
        var echo = there.ActorOf(Props.Create(() => new Echo()), "echo");
        var address = ((ExtendedActorSystem)there).Provider.DefaultAddress;
        var remote = here.ActorSelection(new RootActorPath(address) / echo.Path.Elements).ResolveOne(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
        for (var i = 0; i < 50; i++) Ask(remote);

        var link = Task.Run(() => beside is null ? 0 : LinkRun.Measure(beside, isEncrypted: false, seconds).Gigabytes);
        Thread.Sleep(TimeSpan.FromSeconds(0.5));
        var times = new List<double>();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < seconds; Thread.Sleep(Pace)) times.Add(Ask(remote));
        var gigabytes = link.GetAwaiter().GetResult();
        Task.WaitAll(here.Terminate(), there.Terminate());
        times.Sort();
        return (times[times.Count / 2], times[times.Count * 99 / 100], gigabytes);
    }

    private static double Ask(IActorRef remote)
    {
        var clock = Stopwatch.GetTimestamp();
        remote.Ask<string>("beat", TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
