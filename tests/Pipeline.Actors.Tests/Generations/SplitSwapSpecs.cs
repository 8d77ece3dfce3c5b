using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Captures split by rule, over rules that change: packets on their way are sorted by the rules that marked them.</summary>
public sealed class SplitSwapSpecs : IDisposable
{
    private const int Packets = 6_400;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_generation_s_packets_are_in_the_files_of_its_own_rules()
    {
        var (nic, started, changed) = (new FakeNic(Packets, pages: 64), new TaskCompletionSource<PipelineRun>(), false);
        nic[0].Receiving = ChangeInTheMiddle;
        await using var run = PipelineRun.Start(Setup(nic, "rule odd match 7:01:01 mark 1\nrule even match 7:01:00 mark 2\n"));
        started.SetResult(run);

        var view = (await Runs.ToEnd(run, nic)).View;

        Assert.Equal(["even", "late", "never", "odd", "unmatched"], Directory.GetFiles(_folder.FullName).Select(Path.GetFileNameWithoutExtension).Order());
        var notes = string.Join('\n', view.Consumers.Single(c => c.Name == "split").Notes);
        Assert.Equal((Packets, 2), (view.Ledger.Delivered.Packets, view.Generation));
        foreach (var (rule, packets) in new[] { ("odd", view.EarlierRules.Packets), ("late", view.Rules[0].Matched.Packets), ("even", view.Rules[1].Matched.Packets), ("never", 0L) })
        {
            Assert.Contains($"{packets} packets in {_folder[rule + ".pcapng"]}", notes);
        }

        Assert.True(view.EarlierRules.Packets > 0 && view.Rules[0].Matched.Packets > 0);

        void ChangeInTheMiddle(long made)
        {
            if (made < Packets / 2 || changed) return;
            changed = true;
            var text = "rule late match 7:01:01 mark 3\nrule even match 7:01:00 mark 2\nrule never match 8:ff:77 mark 4\n";
            var change = started.Task.Result.ApplyRules(text, "late.rules", "test").WaitAsync(Runs.Patience).GetAwaiter().GetResult();
            Assert.Equal(RuleOutcome.Applied, change.Outcome);
        }
    }

    private PipelineSetup Setup(FakeNic nic, string rules)
    {
        var split = new ConsumerOptions { Name = "split", Kind = ConsumerKind.AfPacket, SplitFolder = _folder.FullName };
        var setup = Runs.Setup(nic, [new RouteOptions { To = "split", Overload = Overload.Wait, Share = 1 }]);
        return setup with
        {
            Rules = RuleTexts.Set(rules),
            Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["split"] = split } },
        };
    }
}
