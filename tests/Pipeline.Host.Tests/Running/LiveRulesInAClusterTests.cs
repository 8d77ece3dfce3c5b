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

/// <summary>The rule file of a node whose rules a cluster decides about: a real pipeline, and a cluster of that node alone.</summary>
public sealed class LiveRulesInAClusterTests : IAsyncLifetime
{
    private const string First = "rule first match 0:ff:01 mark 1\n";
    private const string Second = "rule second match 0:ff:02 mark 2\n";

    private readonly TemporaryFolder _folder = new();
    private PipelineRun _run = null!;
    private LiveRules _rules = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path, First);
        var at = new IPEndPoint(IPAddress.Loopback, FreePort());
        _run = PipelineRun.Start(new PipelineSetup
        {
            Nic = new NoSource(),
            Rules = RuleParser.Parse(new SourceText(Path, First), out _)!,
            Options = new PipelineOptions
            {
                Rules = Path,
                Cluster = new ClusterOptions { Name = "n1", Roles = [ClusterRole.Consumer], Listen = at, Data = new IPEndPoint(at.Address, FreePort()), Seeds = [at] },
            },
        });
        _rules = new LiveRules(_run);
    }

    public async Task DisposeAsync()
    {
        await _run.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Rules_on_condition_are_saved_when_the_cluster_confirms_them()
    {
        var applied = await _rules.Apply(Second, "new.rules", "ann", expected: null, TimeSpan.FromMinutes(10), save: true);
        Assert.Equal((RuleOutcome.Applied, Saving.WhenConfirmed, First), (applied.Change.Outcome, applied.Saving, Saved));

        var confirmed = await _rules.Confirm(applied.Change.Generation, save: false);

        Assert.Equal((RuleOutcome.Confirmed, Saving.Now, Second), (confirmed.Change.Outcome, confirmed.Saving, Saved));
    }

    [Fact]
    public async Task A_confirmation_can_have_them_saved_too()
    {
        var applied = await _rules.Apply(Second, "new.rules", "ann", expected: null, TimeSpan.FromMinutes(10), save: false);

        var confirmed = await _rules.Confirm(applied.Change.Generation, save: true);

        Assert.Equal((Saving.Now, Second), (confirmed.Saving, Saved));
    }

    [Fact]
    public async Task Rules_that_are_sent_again_for_good_are_saved_as_well()
    {
        await _rules.Apply(Second, "new.rules", "ann", expected: null, TimeSpan.FromMinutes(10), save: false);

        var again = await _rules.Apply(Second, "new.rules", "ann", expected: null, confirm: null, save: true);

        Assert.Equal((RuleOutcome.Unchanged, Saving.Now, Second), (again.Change.Outcome, again.Saving, Saved));
    }

    private string Path => _folder["edge.rules"];

    private string Saved => File.ReadAllText(Path);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
