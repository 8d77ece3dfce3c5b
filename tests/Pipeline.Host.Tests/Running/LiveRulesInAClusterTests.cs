using System.Net;
using System.Net.Sockets;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Running;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Running;

/// <summary>The rule files of nodes whose rules a cluster decides about: real pipelines.</summary>
public sealed class LiveRulesInAClusterTests : IAsyncLifetime
{
    private const string First = "rule first match 0:ff:01 mark 1\n";
    private const string Second = "rule second match 0:ff:02 mark 2\n";

    private readonly TemporaryFolder _folder = new();
    private readonly List<PipelineRun> _runs = [];
    private readonly IPEndPoint _seed = FreePort();

    [Fact]
    public async Task Rules_on_condition_are_saved_when_the_cluster_confirms_them()
    {
        var rules = Start(1, _seed);
        var applied = await rules.Apply(Second, "new.rules", "ann", expected: null, TimeSpan.FromMinutes(10), save: true);
        Assert.Equal((RuleOutcome.Applied, Saving.WhenConfirmed, First), (applied.Change.Outcome, applied.Saving, Saved));

        var confirmed = await rules.Confirm(applied.Change.Generation, "test", save: false);

        Assert.Equal((RuleOutcome.Confirmed, Saving.Now, Second), (confirmed.Change.Outcome, confirmed.Saving, Saved));
    }

    [Fact]
    public async Task A_confirmation_can_have_them_saved_too()
    {
        var rules = Start(1, _seed);
        var applied = await rules.Apply(Second, "new.rules", "ann", expected: null, TimeSpan.FromMinutes(10), save: false);

        var confirmed = await rules.Confirm(applied.Change.Generation, "test", save: true);

        Assert.Equal((Saving.Now, Second), (confirmed.Saving, Saved));
    }

    [Fact]
    public async Task Rules_that_are_sent_again_for_good_are_saved_as_well()
    {
        var rules = Start(1, _seed);
        await rules.Apply(Second, "new.rules", "ann", expected: null, TimeSpan.FromMinutes(10), save: false);

        var again = await rules.Apply(Second, "new.rules", "ann", expected: null, confirm: null, save: true);

        Assert.Equal((RuleOutcome.Unchanged, Saving.Now, Second), (again.Change.Outcome, again.Saving, Saved));
    }

    [Fact]
    public async Task A_request_that_waits_for_the_cluster_holds_up_no_other()
    {
        var rules = Start(1, FreePort());
        var waits = rules.Apply(Second, "new.rules", "ann", expected: null, confirm: null, save: false);
        File.Delete(Path(1));
        Directory.CreateDirectory(Path(1));

        await Assert.ThrowsAsync<RuleFileException>(() => rules.Apply(Second, "new.rules", "ann", expected: null, confirm: null, save: true));

        Assert.False(waits.IsCompleted, "nobody answers it");
    }

    [Fact]
    public async Task A_rollback_saves_what_the_cluster_means_by_its_number()
    {
        var begins = Start(1, _seed);
        var applied = await begins.Apply(Second, "new.rules", "ann", expected: null, TimeSpan.FromMinutes(10), save: false);
        var late = Start(2, _seed, "rule own match 0:ff:03 mark 3\n");
        await Until(() => late.History[^1].Number == applied.Change.Generation);

        var back = await late.Rollback(1, "ann", expected: null, save: true);

        Assert.Equal((RuleOutcome.Applied, Saving.Now), (back.Change.Outcome, back.Saving));
        Assert.Equal(First, File.ReadAllText(Path(2)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var run in _runs) await run.DisposeAsync();
        _folder.Dispose();
    }

    private LiveRules Start(int number, IPEndPoint seed, string text = First)
    {
        File.WriteAllText(Path(number), text);
        var run = PipelineRun.Start(new PipelineSetup
        {
            Nic = new NoSource(),
            Rules = RuleParser.Parse(new SourceText(Path(number), text), out _)!,
            Options = new PipelineOptions
            {
                Rules = Path(number),
                Cluster = new ClusterOptions
                {
                    Name = $"n{number}", Roles = [ClusterRole.Consumer], Listen = number == 1 ? _seed : FreePort(), Data = FreePort(), Seeds = [seed],
                },
            },
        });
        _runs.Add(run);
        return new LiveRules(run);
    }

    private string Path(int number) => _folder[$"n{number}.rules"];

    private string Saved => File.ReadAllText(Path(1));

    private static async Task Until(Func<bool> isSo)
    {
        for (var end = DateTime.UtcNow + TimeSpan.FromSeconds(60); !isSo(); await Task.Delay(20)) Assert.True(DateTime.UtcNow < end);
    }

    private static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
