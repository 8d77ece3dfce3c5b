using System.Diagnostics;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Server;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Host.Tests.Fuzzing;

/// <summary>
/// Requests that nobody sends on purpose, to a server before a real pipeline. Three hundred; thirty thousand with
/// <c>PIPELINE_LONG_TESTS=1</c>, times <c>PIPELINE_TEST_ITERATIONS</c>; <c>PIPELINE_FUZZ_SEED</c> is the first.
/// </summary>
[Collection(Alone.Name)]
public sealed class HttpFuzzTests(ITestOutputHelper output)
{
    /// <summary>Requests between two looks at the server's health.</summary>
    private const int Round = 100;

    /// <summary>What the history of rules and whatever else is kept may grow by over any number of requests.</summary>
    private const long MostGrowth = 8 << 20;

    /// <summary>What does not say where it ends and is not answered within it is not answered: half a head, a body that ends too soon.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);

    private readonly ulong _first = FuzzRuns.FirstSeed();

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";

    [Fact]
    public async Task No_request_whatever_it_is_breaks_the_server_or_the_books()
    {
        await using var served = await ServedRun.Start(bounds: new ServerBounds { MostUploads = Round });
        var (runs, answers, whole, slowest, before) = (Iterations.Of(IsLong ? 30_000 : 300), 0, 0, TimeSpan.Zero, 0L);
        for (var done = 0; done < runs; done += Round)
        {
            if (done == Round) before = GC.GetTotalMemory(forceFullCollection: true);
            var round = await Task.WhenAll(Enumerable.Range(done, Round).Select(i => Ask(served.Url, i, _first + (ulong)i)));
            answers += round.Sum(one => one.Answers);
            whole += round.Count(one => one.IsWhole);
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, (await HealthAnswers(served)).Ticks));
        }

        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        served.Run.Drain();
        var outcome = await served.Run.Completion.WaitAsync(ServedRun.Patience);
        output.WriteLine($"{runs} requests, {whole} of them whole, {answers} answers, seeds from {_first} on");
        output.WriteLine($"slowest health {slowest.TotalMilliseconds:0.0} ms; memory grew by {growth >> 10} KiB");
        Assert.True(outcome.View.Balanced);
        Assert.InRange(growth, long.MinValue, MostGrowth);
        if (IsLong) Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        // Those that must be answered, whatever the silence of the others is worth. Of the random ones it is about every third.
        Assert.InRange(whole, runs / 8, runs);
    }

    /// <summary>Every tenth asks and does not wait for the answer. A version that is not HTTP/1 may be answered with 505.</summary>
    private static async Task<(bool IsWhole, int Answers)> Ask(string url, int number, ulong seed)
    {
        var request = new RandomRequest(seed);
        using var wire = await Wire.Open(url);
        await wire.Send(request.Bytes);
        if (number % 10 == 9) return (false, 0);
        var statuses = Wire.Statuses(await Answer(wire, request, seed));
        Assert.True(!request.IsWhole || statuses.Count > 0, $"no answer to {Told(request, seed)}");
        Assert.True(statuses.All(s => s is < 500 or 505), $"{string.Join(", ", statuses)} to {Told(request, seed)}");
        return (request.IsWhole, statuses.Count);
    }

    /// <summary>Whoever has said where the request ends has the server close, and is not kept waiting for it.</summary>
    private static async Task<string> Answer(Wire wire, RandomRequest request, ulong seed)
    {
        if (!request.IsWhole) return await wire.UntilSilence(Silence);
        try
        {
            return await wire.Rest();
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"The server does not close behind {Told(request, seed)}");
        }
    }

    private static string Told(RandomRequest request, ulong seed) => $"the request of seed {seed}: {Convert.ToHexString(request.Bytes)}";

    private static async Task<TimeSpan> HealthAnswers(ServedRun served)
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal([200], Wire.Statuses(await Wire.Ask(served.Url, "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")));
        return clock.Elapsed;
    }
}
