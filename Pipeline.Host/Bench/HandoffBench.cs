using Akka.Actor;
using Akka.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Linux;

namespace Pipeline.Bench;

/// <summary>
/// Measures the cost of handing bundles to another thread, by size of the bundle and by engine. In every round the engines take turns at
/// every size, so that other work of the machine affects them alike. Nothing else should run.
/// </summary>
/// <param name="rounds">Rounds that count. One more before them warms up.</param>
/// <param name="load">Time under load for each engine and size in a round.</param>
/// <param name="singles">Bundles that travel alone, for each engine and size in a round.</param>
public sealed class HandoffBench(int rounds, TimeSpan load, int singles)
{
    /// <summary>Numbers of packets in a bundle.</summary>
    public static readonly IReadOnlyList<int> Sizes = [1, 8, 16, 32, 64, 128, 256];

    /// <summary>The producer's CPU and the consumer's; null when there are not two CPUs.</summary>
    private readonly (int Producer, int Consumer)? _cpus =
        Sched.AllowedCpus() is [var first, var second, ..] && Environment.ProcessorCount > 1 ? (first, second) : null;

    /// <summary>Where the two threads run, in words.</summary>
    public string Placement => _cpus is var (producer, consumer) ? $"from CPU {producer} to CPU {consumer}" : "between two threads of one CPU";

    /// <summary>Runs on a thread of its own, which it binds to a CPU.</summary>
    /// <param name="progress">
    /// Called with the measurements done and the number of all measurements, on that thread; null for nobody.
    /// </param>
    /// <param name="cancel">Stops it between two measurements.</param>
    /// <returns>A row for each engine and size.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<HandoffRow>> Run(Action<int, int>? progress, CancellationToken cancel) =>
        Task.Factory.StartNew(() => Measure(progress, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private IReadOnlyList<HandoffRow> Measure(Action<int, int>? progress, CancellationToken cancel)
    {
        if (_cpus is var (producer, _)) Sched.PinThisThread(producer);
        using var system = ActorSystem.Create("bench", Configuration());
        var courses = Sizes.SelectMany(size => Engines(size, system)).Select(engine => new Course(engine)).ToList();
        try
        {
            for (var round = 0; round <= rounds; round++)
            {
                for (var i = 0; i < courses.Count; i++)
                {
                    cancel.ThrowIfCancellationRequested();
                    courses[i].Run(load, singles, counts: round > 0);
                    progress?.Invoke((round * courses.Count) + i + 1, (rounds + 1) * courses.Count);
                }
            }

            return [.. courses.Select(c => c.Row())];
        }
        finally
        {
            foreach (var course in courses) course.Engine.Dispose();
        }
    }

    private IEnumerable<HandoffEngine> Engines(int size, ActorSystem system) =>
        [new MailboxEngine(size, system), new RingEngine(size, _cpus?.Consumer), new ChannelEngine(size), new TellEngine(size, system)];

    /// <summary>A delivery thread on the consumer's CPU, and another for the stock mailbox, which Akka batches by 100 messages.</summary>
    private Config Configuration()
    {
        var cpus = _cpus is var (producer, consumer) ? new UsableCpus([producer, producer, consumer], 3) : new UsableCpus([0], 1);
        var text = $$"""
            {{TellEngine.Dispatcher}} {
              type = Dispatcher
              throughput = 100
              cpu = {{_cpus?.Consumer ?? CpuExecutorConfigurator.AnyCpu}}
            }
            """;
        var config = EmbeddedConfig.Load(placement: CpuPlacement.Of(cpus, 1, 1));
        return ConfigurationFactory.ParseString(text)
            .WithFallback(ConfigurationFactory.ParseString($"{TellEngine.Dispatcher} {{\n{Like(config)}}}\n"))
            .WithFallback(config);
    }

    private static string Like(Config config)
    {
        var delivery = config.GetConfig(DispatcherIds.Delivery);
        return $"executor = \"{delivery.GetString("executor")}\"\nspin-microseconds = {delivery.GetInt("spin-microseconds")}\n";
    }

    /// <summary>One engine at one size, over all rounds.</summary>
    private sealed class Course(HandoffEngine engine)
    {
        private readonly List<double> _nanoseconds = [];
        private readonly List<double> _allocated = [];
        private readonly List<double> _microseconds = [];

        public HandoffEngine Engine => engine;

        public void Run(TimeSpan load, int singles, bool counts)
        {
            var (nanoseconds, allocated) = engine.Load(load);
            engine.Single(singles, counts ? _microseconds : []);
            if (!counts) return;
            _nanoseconds.Add(nanoseconds);
            _allocated.Add(allocated);
        }

        public HandoffRow Row() => new(
            engine.Name, engine.BundlePackets, Quantile(_nanoseconds, 0.5), Quantile(_microseconds, 0.5), Quantile(_microseconds, 0.999), Quantile(_allocated, 0.5));
    }

    /// <summary>The value that a given part of all values does not exceed.</summary>
    private static double Quantile(List<double> values, double part)
    {
        values.Sort();
        return values[(int)Math.Min(values.Count - 1, part * values.Count)];
    }
}
