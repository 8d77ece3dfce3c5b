using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Benching;

/// <summary>Reads an interface for a while with nothing behind the device, a thread for each queue.</summary>
/// <param name="source">The interface, and how it is read.</param>
internal sealed class LiveBench(SourceOptions source)
{
    /// <param name="cpu">The CPU of the first reader; the others follow. Null lets them run anywhere.</param>
    /// <returns>What each queue's reader got.</returns>
    public IReadOnlyList<LiveReader> Run(TimeSpan time, int? cpu, CancellationToken stop)
    {
        using var nic = Backends.Open(source);
        nic.Offload?.Load(Everything(nic.Traits));
        List<LiveReader> readers = [.. nic.Queues.Select(q => new LiveReader(q))];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(time);
        List<Task> threads = [.. readers.Select((r, i) => Task.Factory.StartNew(
            () => r.Read(cpu + i, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll([.. threads], CancellationToken.None);
        return readers;
    }

    /// <summary>A device that takes packets takes all but what this machine needs itself.</summary>
    private static OffloadedRules Everything(SourceTraits traits) => new()
    {
        Rules = RuleSet.Empty with { Generation = 1 },
        Guards = KeepOutPorts.Of(new PipelineOptions(), traits) is { } ports ? KeepOutGuards.All(ports) : [],
        Verdicts = [new MarkVerdict(0, 0, PacketVerdict.Take)],
    };
}
