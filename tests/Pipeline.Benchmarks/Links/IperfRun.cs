using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Pipeline.Benchmarks.Links;

/// <summary>iperf3 on loopback, with its usual buffer of 128 KiB.</summary>
internal static class IperfRun
{
    private const string Port = "45201";

    /// <returns>Null where it is not installed.</returns>
    public static LinkFigures? Measure(double seconds)
    {
        try
        {
            // Without forceflush the line that says it listens is kept back.
            using var server = Start("-s", "-1", "-p", Port, "--forceflush");
            server.StandardOutput.ReadLine();
            using var client = Start("-c", "127.0.0.1", "-p", Port, "-t", Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture), "-J");
            var report = client.StandardOutput.ReadToEnd();
            client.WaitForExit();
            server.StandardOutput.ReadToEnd();
            server.WaitForExit();
            return Read(report);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static LinkFigures Read(string report)
    {
        using var json = JsonDocument.Parse(report);
        var end = json.RootElement.GetProperty("end");
        var gigabytes = end.GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 8e9;
        var cpu = end.GetProperty("cpu_utilization_percent");
        return new LinkFigures(
            gigabytes, 0, cpu.GetProperty("host_total").GetDouble() / 100 / gigabytes, cpu.GetProperty("remote_total").GetDouble() / 100 / gigabytes, 0);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("iperf3", arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("iperf3 did not start");
}
