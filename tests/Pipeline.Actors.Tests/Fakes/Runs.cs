using Pipeline.Actors.Configuration;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Short ways to a pipeline for a test.</summary>
internal static class Runs
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static ConsumerOptions Bypass(string name, int instances = 1) => new() { Name = name, Kind = ConsumerKind.Bypass, Instances = instances };

    public static PipelineSetup Setup(FakeNic nic, IReadOnlyList<RouteOptions> routes, params (string Name, Func<IPacketConsumer> Make)[] handlers) => new()
    {
        Nic = nic,
        Rules = RuleSet.Empty,
        Options = new PipelineOptions
        {
            Routes = routes,
            Consumers = handlers.Where(h => h.Name != "stack").ToDictionary(h => h.Name, h => Bypass(h.Name)),
        },
        Handlers = WithStack(handlers),
    };

    private static Dictionary<string, Func<IPacketConsumer>> WithStack((string Name, Func<IPacketConsumer> Make)[] handlers)
    {
        var all = handlers.ToDictionary(h => h.Name, h => h.Make);
        all.TryAdd("stack", () => new RecordingConsumer([]));
        return all;
    }

    /// <summary>Lets it run to its end, and checks what must hold after every run: the books balance exactly and every page is home.</summary>
    public static async Task<RunOutcome> ToEnd(PipelineRun run, FakeNic nic)
    {
        var outcome = await run.Completion.WaitAsync(Patience);
        Assert.True(outcome.View.Balanced, Describe(outcome));
        Assert.Equal(0, nic.Outstanding);
        return outcome;
    }

    private static string Describe(RunOutcome outcome) =>
        string.Join('\n', outcome.Faults.Select(f => f.Where + ": " + f.Error.Message).Prepend(outcome.View.Ledger.ToString()));
}
