using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Linux.Tests;

/// <summary>
/// Nodes lose each other. Nothing else is tested meanwhile: packet floods of other tests would keep heartbeats from these processes, and
/// nodes would lose each other that should not. <c>PIPELINE_LONG_TESTS=1</c> also has nodes hang until they are given up, and thirty random
/// events; <c>PIPELINE_SEED</c> repeats a sequence of them.
/// </summary>
[Collection(Alone.Name)]
public sealed class ClusterTests(ITestOutputHelper output) : IDisposable
{
    private const string Work = "consumers { work { kind = bypass, handler = count, on = [\"role:consumer\"] } }";

    private static readonly string[] Events = ["was killed", "was restarted", "hung for 5 s", "hung for 20 s", "was cut off for 4 s", "was cut off for 20 s"];

    private static bool IsLong => Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";

    private readonly ClusterBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [FactThatNeeds(Need.Root)]
    public async Task Who_is_cut_off_keeps_its_own_packets_and_is_a_member_again_when_the_network_is_whole()
    {
        await _bed.Start(1, "nic", "source { sim { rate = 1000, free-running = on } }\nroutes = [ { to = work, copy = true } ]\n" + Work);
        await _bed.Start(2, "consumer", Work);
        await _bed.Start(3, "witness");
        await _bed.AllAreUp();
        await Soon.Holds(async () => await CopiesDelivered() > 0, () => _bed.Said);

        _bed.Wire(1, isIn: false);
        await _bed.Sees(2, "n2, n3");
        await _bed[1].Says("cluster: lost the cluster");
        // The two are found out apart, so either can come first.
        await Soon.Holds(() => _bed[1].Errors.Contains("cluster: what n2 had not processed goes to others", StringComparison.Ordinal), () => _bed.Said);
        if (IsLong) await Task.Delay(TimeSpan.FromSeconds(60));
        var before = await CopiesDelivered();
        _bed.Wire(1, isIn: true);

        await _bed.AllAreUp();
        await Soon.Holds(async () => await CopiesDelivered() > before);
        var report = await _bed[1].End();
        var ledger = report.GetProperty("ledger");
        Assert.Equal(0, ledger.GetProperty("dropped").GetProperty("packets").GetInt64());
        Assert.Equal(Packets(ledger, "received"), Packets(ledger, "passed"));
        Assert.All(report.GetProperty("queues").EnumerateArray(), q => Assert.Equal(0, q.GetProperty("deviceLost").GetProperty("packets").GetInt64()));
    }

    [FactThatNeeds(Need.Root)]
    public async Task Who_hangs_for_a_short_while_stays_and_who_hangs_for_long_is_given_up_and_joins_anew()
    {
        await _bed.Start(1, "nic, dashboard", "source { sim { rate = 1000, free-running = on } }");
        await _bed.Start(2, "consumer");
        await _bed.Start(3, "witness");
        await _bed.AllAreUp();

        _bed[2].Signal("STOP");
        await _bed[1].Says("cluster: n2 cannot be reached");
        _bed[2].Signal("CONT");
        await _bed[1].Says("cluster: n2 is reachable again");

        if (!IsLong) return;
        _bed[2].Signal("STOP");
        await _bed[1].Says("cluster: n2 was given up");
        _bed[2].Signal("CONT");
        await _bed[2].Says("cluster: lost the cluster");
        await _bed.AllAreUp();
        await _bed[1].End();
    }

    /// <summary>One node is restarted; with <c>PIPELINE_LONG_TESTS=1</c> thirty events by chance.</summary>
    [FactThatNeeds(Need.Root)]
    public async Task Whatever_befalls_the_consumers_every_packet_has_one_fate()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PIPELINE_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"PIPELINE_SEED={seed}");
        var chance = new Random(seed);
        await _bed.Start(1, "nic", "source { sim { rate = 20000, free-running = on, queues = 2 } }\nroutes = [ { to = work, overload = drop-new } ]\n" + Work);
        for (var number = 2; number <= (IsLong ? 4 : 3); number++) await _bed.Start(number, "consumer", Work);
        await _bed.AllAreUp();

        for (var events = 0; events < (IsLong ? 30 : 1); events++)
        {
            await Befall(IsLong ? chance.Next(2, 5) : 3, IsLong ? chance.Next(Events.Length) : 1);
            if (chance.Next(3) == 0) await _bed.AllAreUp();
            var now = await _bed[1].Snapshot();
            Assert.True(now.GetProperty("ledger").GetProperty("balanced").GetBoolean(), $"seed {seed}: {_bed[1].Errors}");
        }

        await _bed.AllAreUp();
        var ledger = (await _bed[1].End()).GetProperty("ledger");
        output.WriteLine($"{ledger}");
        Assert.Equal(Packets(ledger, "received"), Packets(ledger, "delivered") + Packets(ledger, "dropped"));
        Assert.Empty(ledger.GetProperty("dropped").GetProperty("reasons").EnumerateObject().Select(r => r.Name).Except(["share-exceeded", "remote-lost"]));
    }

    private async Task Befall(int node, int what)
    {
        switch (what)
        {
            case 0:
                await _bed[node].Kill();
                await _bed.StartAgain(node);
                break;
            case 1:
                await _bed[node].End();
                await _bed.StartAgain(node);
                break;
            case 2 or 3:
                _bed[node].Signal("STOP");
                await Task.Delay(what == 2 ? 5_000 : 20_000);
                _bed[node].Signal("CONT");
                break;
            default:
                _bed.Wire(node, isIn: false);
                await Task.Delay(what == 4 ? 4_000 : 20_000);
                _bed.Wire(node, isIn: true);
                break;
        }

        output.WriteLine($"n{node} {Events[what]}");
        await Task.Delay(1_000);
    }

    private async Task<long> CopiesDelivered() => (await _bed[1].Snapshot()).GetProperty("ledger").GetProperty("copies").GetProperty("delivered").GetInt64();

    private static long Packets(JsonElement ledger, string account) => ledger.GetProperty(account).GetProperty("packets").GetInt64();
}
