using System.Globalization;

namespace Pipeline.Benchmarks.Links;

/// <summary>
/// <c>link [SECONDS] [ROUNDS]</c>: how fast bundles go over a link on loopback, plain and with TLS 1.3, beside Akka.Remote, and
/// beside iperf3 where that is installed. All are measured in turns; each figure is the median of the rounds, with the least and the most. Then
/// how long a heartbeat takes beside it.
/// </summary>
internal static class LinkCommand
{
    /// <summary>Packets of 64, 594 and 1514 bytes at 7:4:1.</summary>
    private static readonly int[] Imix = [64, 594, 64, 594, 64, 1514, 64, 594, 64, 594, 64, 64];

    public static int Run(string[] args)
    {
        var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        (string Name, Func<LinkFigures?> Measure)[] runs =
        [
            ("IMIX, plain", () => LinkRun.Measure(Imix, isEncrypted: false, seconds)),
            ("IMIX, TLS 1.3", () => LinkRun.Measure(Imix, isEncrypted: true, seconds)),
            ("64 bytes, plain", () => LinkRun.Measure([64], isEncrypted: false, seconds)),
            ("64 bytes, TLS 1.3", () => LinkRun.Measure([64], isEncrypted: true, seconds)),
            ("Akka.Remote, 64 KiB", () => AkkaRemoteRun.Measure(seconds)),
            ("iperf3, 128 KiB", () => IperfRun.Measure(seconds)),
        ];

        // The first round of each compiles the code, and is thrown away.
        foreach (var (_, measure) in runs) measure();
        var figures = runs.Select(_ => new List<LinkFigures>()).ToArray();
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < runs.Length; i++)
                if (runs[i].Measure() is { } one) figures[i].Add(one);

        Console.WriteLine($"{rounds} rounds of {seconds} s in turns, {Environment.ProcessorCount} CPUs: median (least - most)");
        Console.WriteLine($"{"",-22}{"GB/s",-22}{"Mpps",-22}{"CPU-s/GB sender",-22}{"CPU-s/GB receiver",-22}{"feeder",-12}");
        for (var i = 0; i < runs.Length; i++)
        {
            if (figures[i].Count == 0) Console.WriteLine($"{runs[i].Name,-22}not installed");
            else Console.WriteLine($"{runs[i].Name,-22}{Of(figures[i], f => f.Gigabytes)}{Of(figures[i], f => f.Megapackets)}"
                + $"{Of(figures[i], f => f.SenderCpu)}{Of(figures[i], f => f.ReceiverCpu)}{Of(figures[i], f => f.FeederCpu)}");
        }

        foreach (var beside in new[] { null, Imix, null, Imix })
        {
            var (median, p99, gigabytes) = HeartbeatRun.Measure(seconds * 2, beside);
            Console.WriteLine($"heartbeat beside {gigabytes:F2} GB/s: {median:F2} ms there and back, 99 of 100 within {p99:F2} ms");
        }

        return 0;
    }

    private static string Of(List<LinkFigures> figures, Func<LinkFigures, double> one)
    {
        var sorted = figures.Select(one).Order().ToList();
        return $"{$"{sorted[sorted.Count / 2]:F2} ({sorted[0]:F2} - {sorted[^1]:F2})",-22}";
    }
}
