using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pipeline.Benchmarks.Captures;

namespace Pipeline.Benchmarks;

/// <summary>
/// <c>soak PROGRAM FOLDER [MIB]</c>: makes captures of so many MiB (2048), lets the built program (pipeline.dll) count and split them,
/// and fails when it ever held 200 MiB or more resident, lost a packet, or did not balance.
/// </summary>
internal static class Soak
{
    private const long Mebibyte = 1 << 20;
    private const long MostResidentBytes = 200 * Mebibyte;
    private const int Usage = 2;

    /// <summary>Bytes to a record: the mean of 60, or of 7 x 60, 4 x 590 and 1 x 1514 over 12, and 16 of its header.</summary>
    private static long RecordBytes(PacketMix mix) => mix == PacketMix.Small ? 76 : 16 + (((7 * 60) + (4 * 590) + 1514) / 12);

    public static int Run(string[] args)
    {
        if (args is not [var program, var folder, ..] || args.Length > 3)
        {
            Console.Error.WriteLine("usage: soak PROGRAM FOLDER [MIB]");
            return Usage;
        }

        var bytes = (args.Length == 3 ? long.Parse(args[2], CultureInfo.InvariantCulture) : 2048) * Mebibyte;
        var rules = Path.Combine(folder, "soak.rules");
        File.WriteAllText(rules, RuleText.DestinationNetworks(16));
        return Enum.GetValues<PacketMix>().All(mix => Check(program, folder, rules, mix, bytes)) ? 0 : 1;
    }

    private static bool Check(string program, string folder, string rules, PacketMix mix, long bytes)
    {
        var capture = Path.Combine(folder, $"soak-{mix}.pcap".ToLowerInvariant());
        var split = Path.Combine(folder, "soak-split");
        var packets = bytes / RecordBytes(mix);
        try
        {
            using (var file = GenerateCommand.Create(capture)) new CaptureGenerator(mix, seed: 1).Write(file, packets);
            return Passes($"{mix}, 16 rules", packets, program, "-r", capture, "--rules", rules)
                & Passes($"{mix}, 16 rules, split", packets, program, "-r", capture, "--rules", rules, "--split", split);
        }
        finally
        {
            File.Delete(capture);
            if (Directory.Exists(split)) Directory.Delete(split, recursive: true);
        }
    }

    private static bool Passes(string what, long packets, string program, params string[] flags)
    {
        using var report = Report(program, flags);
        var root = report.RootElement;
        var ledger = root.GetProperty("ledger");
        var resident = root.GetProperty("runtime").GetProperty("peakWorkingSetBytes").GetInt64();
        var settled = ledger.GetProperty("delivered").GetProperty("packets").GetInt64() + ledger.GetProperty("passed").GetProperty("packets").GetInt64();
        var passes = resident < MostResidentBytes && settled == packets && ledger.GetProperty("balanced").GetBoolean();
        Console.WriteLine($"{(passes ? "ok  " : "FAIL")} {what}: {settled} of {packets} packets, peak {resident / (double)Mebibyte:F1} MiB, "
            + $"{root.GetProperty("elapsedSeconds").GetDouble():F1} s, {root.GetProperty("runtime").GetProperty("allocatedBytes").GetInt64()} bytes allocated");
        return passes;
    }

    private static JsonDocument Report(string program, string[] flags)
    {
        var start = new ProcessStartInfo("dotnet", [program, "run", .. flags, "--json", "-q"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonDocument.Parse(output) : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
