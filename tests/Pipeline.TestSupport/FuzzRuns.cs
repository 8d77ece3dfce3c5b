using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.TestSupport;

/// <summary>
/// Runs of a fuzzer, each of them a function of its seed. <c>PIPELINE_LONG_TESTS=1</c> makes them many, <c>PIPELINE_TEST_ITERATIONS</c>
/// multiplies them, and <c>PIPELINE_FUZZ_SEED</c> is the first seed; the others count up from it.
/// </summary>
/// <param name="name">What is tried, as the report of how many runs there were says it.</param>
/// <param name="usual">Enough for every day.</param>
/// <param name="longer">With <c>PIPELINE_LONG_TESTS=1</c>.</param>
public sealed class FuzzRuns(string name, int usual, int longer)
{
    private const string SeedVariable = "PIPELINE_FUZZ_SEED";

    /// <summary>No run takes a hundredth of it; one that takes longer never ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ulong _first = FirstSeed();
    private long _done;
    private Exception? _failure;

    /// <summary>Runs it, on one thread, up to the first failure.</summary>
    /// <param name="once">One run. What it throws is the failure.</param>
    /// <param name="seen">What the runs met, in words, for the report; asked for once, at the end.</param>
    /// <param name="met">Whether the runs met everything that they are for; asked for once, where none of them failed.</param>
    public void Run(ITestOutputHelper output, Action<ulong> once, Func<string> seen, Func<bool> met)
    {
        var count = Iterations.Of(Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? longer : usual);
        var clock = Stopwatch.StartNew();
        var thread = new Thread(() => RunAll(once, count)) { IsBackground = true, Name = name };
        thread.Start();
        for (var before = -1L; !thread.Join(Patience); before = Volatile.Read(ref _done))
            Assert.True(Volatile.Read(ref _done) != before, $"{name}: seed {_first + (ulong)before - 1} has not ended after {Patience}.");

        output.WriteLine($"{_done} runs of {name}, seeds {_first} to {_first + (ulong)_done - 1}, in {clock.Elapsed.TotalSeconds:0.0} s: {seen()}");
        if (_failure is not null) Assert.Fail($"{name}: run {_done}, {SeedVariable}={_first + (ulong)_done - 1}: {_failure.Message}\n{_failure.StackTrace}");
        Assert.True(met(), $"{name}: {_done} runs from seed {_first} on did not meet everything that they are for: {seen()}");
    }

    private void RunAll(Action<ulong> once, int count)
    {
        try
        {
            for (var i = 0; i < count; i++)
            {
                Volatile.Write(ref _done, i + 1);
                once(_first + (ulong)i);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _failure = e;
        }
    }

    /// <summary>The seed that somebody asked for, or 1.</summary>
    /// <exception cref="InvalidOperationException">What was asked for is no whole number.</exception>
    public static ulong FirstSeed()
    {
        var text = Environment.GetEnvironmentVariable(SeedVariable);
        if (string.IsNullOrEmpty(text)) return 1;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new InvalidOperationException($"{SeedVariable} is '{text}', not a whole number.");
    }
}
