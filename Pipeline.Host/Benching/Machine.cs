using System.Globalization;
using System.Runtime.InteropServices;

namespace Pipeline.Host.Benching;

/// <summary>The machine that figures were taken on.</summary>
internal static class Machine
{
    private const string CacheFolder = "/sys/devices/system/cpu/cpu0/cache";
    private const long UsualLastLevelCacheBytes = 32 << 20;

    /// <summary>The processor, the number of CPUs, and the runtime.</summary>
    public static string Line =>
        $"{Processor()}, {Environment.ProcessorCount} CPUs, {LastLevelCacheBytes() >> 20} MiB last-level cache, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";

    /// <summary>The size that the kernel reports (sysfs, cache/index*/size, in K), or a usual size if it reports none.</summary>
    public static long LastLevelCacheBytes()
    {
        try
        {
            var sizes = Directory.GetDirectories(CacheFolder, "index*").Select(d => File.ReadAllText(Path.Combine(d, "size")).Trim().TrimEnd('K'));
            return sizes.Max(s => long.Parse(s, CultureInfo.InvariantCulture)) << 10;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            return UsualLastLevelCacheBytes;
        }
    }

    private static string Processor()
    {
        try
        {
            var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            return model?[(model.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
        catch (IOException)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
