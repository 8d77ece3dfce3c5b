using System.Diagnostics;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Benching;

/// <summary>Measures rules and filters on packets in memory, each in turns with merely touching the packets.</summary>
internal sealed class ClassifyBench(int tuples, TimeSpan timePerRow)
{
    private const ulong Seed = 1;

    // The word that the first tuple of rules reads.
    private const int TouchedWord = 30;

    /// <param name="rules">At least 1.</param>
    public IEnumerable<ClassifyRow> OfRules(int rules)
    {
        var mix = new BenchRules(rules, Math.Min(tuples, rules), Seed);
        var set = RuleParser.Parse(new SourceText("bench", mix.Text()), out _) ?? throw new InvalidOperationException("The rules made up are wrong.");
        using var cold = PacketSet.Cold(mix);
        using var hot = PacketSet.Hot(mix);
        foreach (var (name, engine) in new[] { ("interpreter", MarkEngine.Interpreter), ("il", MarkEngine.Compiled) })
        {
            var start = Stopwatch.GetTimestamp();
            var table = MarkTable.Compile(set, engine);
            table.Prepare(LinkType.Ethernet);
            var compile = Stopwatch.GetElapsedTime(start);
            var counters = new RuleCounters(rules);
            yield return Row(name, rules, compile, cold, hot, bundle => table.Classify(bundle, counters));
        }
    }

    /// <exception cref="FilterException">libpcap rejects the expression for Ethernet, or is not there.</exception>
    public IEnumerable<ClassifyRow> OfFilter(string expression)
    {
        var mix = new BenchRules(0, 1, Seed);
        using var cold = PacketSet.Cold(mix);
        using var hot = PacketSet.Hot(mix);
        foreach (var (name, engine) in new[] { ("bpf-il", FilterEngine.Compiled), ("libpcap", FilterEngine.Libpcap) })
        {
            var filter = PacketFilter.Create(expression, engine);
            var start = Stopwatch.GetTimestamp();
            if (filter.Prepare(LinkType.Ethernet) is { } rejection) throw new FilterException(rejection);
            yield return Row(name, 1, Stopwatch.GetElapsedTime(start), cold, hot, bundle => filter.Select(bundle));
        }
    }

    private ClassifyRow Row(string engine, int rules, TimeSpan compile, PacketSet cold, PacketSet hot, Action<PageBundle> subject)
    {
        var touch = new PacketTouch(TouchedWord);
        var (coldTime, coldTouch) = Stopwatches.Compare(cold, subject, bundle => touch.Touch(bundle), timePerRow);
        var (hotTime, hotTouch) = Stopwatches.Compare(hot, subject, bundle => touch.Touch(bundle), timePerRow);
        return new ClassifyRow(engine, rules, coldTime, coldTouch, hotTime, hotTouch, compile.TotalMilliseconds);
    }
}
