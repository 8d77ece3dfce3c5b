using System.Diagnostics;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Host.Benching;

/// <summary>
/// Runs rules in the kernel's XDP hook, on one packet at a time, which the kernel repeats and times itself, without any device. It is
/// compared with a program without rules, which only counts.
/// </summary>
internal sealed class XdpBench(int tuples)
{
    private const ulong Seed = 1;
    private const int Packets = 64;

    /// <summary>Repetitions of one packet. More would not help, because the rounds differ by more than the error of one round.</summary>
    private const int Runs = 20_000;

    private const int Rounds = 9;

    /// <param name="rules">At least 1.</param>
    /// <exception cref="XdpException">The kernel does not let this process load programs.</exception>
    public ClassifyRow OfRules(int rules)
    {
        var mix = new BenchRules(rules, Math.Min(tuples, rules), Seed);
        var set = RuleParser.Parse(new SourceText("bench", mix.Text()), out _) ?? throw new InvalidOperationException("The rules made up are wrong.");
        var start = Stopwatch.GetTimestamp();
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(set, [], []));
        var compile = Stopwatch.GetElapsedTime(start);
        using var empty = LoadedXdpProgram.Load(XdpProgram.Compile(RuleSet.Empty, [], []));
        List<double> times = [], emptyTimes = [];
        for (var round = 0; round < Rounds; round++)
        {
            times.Add(Average(program, mix));
            emptyTimes.Add(Average(empty, mix));
        }

        return new ClassifyRow("xdp", rules, double.NaN, double.NaN, Median(times), Median(emptyTimes), compile.TotalMilliseconds);
    }

    private static double Average(LoadedXdpProgram program, BenchRules mix)
    {
        var packet = new byte[BenchRules.PacketBytes];
        var sum = 0L;
        for (var i = 0; i < Packets; i++)
        {
            mix.Next(packet);
            sum += program.Measure(packet, Runs);
        }

        return (double)sum / Packets;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
