using Xunit;

namespace Pipeline.TestSupport;

/// <summary>What a test may need that a machine may lack.</summary>
[Flags]
public enum Need
{
    Corpus = 1,
    Libpcap = 2,
    Tcpdump = 4,
    Tshark = 8,
    Root = 16,
    Ethtool = 32,
    Nftables = 64,
    Perl = 128,

    /// <summary>gzip, zstd and lz4.</summary>
    Compressors = 256,
    Openssl = 512,
    Chromium = 1024,
    Promtool = 2048,
}

/// <summary>A fact that is skipped, and says why, where something it needs is missing. With CI=true it is not skipped and so fails.</summary>
public sealed class FactThatNeedsAttribute : FactAttribute
{
    public FactThatNeedsAttribute(Need needs) => Skip = Missing.Of(needs);
}

/// <summary>A theory that is skipped, and says why, where something it needs is missing. With CI=true it is not skipped and so fails.</summary>
public sealed class TheoryThatNeedsAttribute : TheoryAttribute
{
    public TheoryThatNeedsAttribute(Need needs) => Skip = Missing.Of(needs);
}

internal static class Missing
{
    public static string? Of(Need needs)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") return null;
        var missing = Enum.GetValues<Need>().Where(n => needs.HasFlag(n) && !Has(n)).Select(n => n.ToString().ToLowerInvariant()).ToList();
        return missing.Count == 0 ? null : "needs " + string.Join(", ", missing);
    }

    private static bool Has(Need need) => need switch
    {
        Need.Corpus => Corpus.IsPresent,
        Need.Libpcap => File.Exists("/usr/lib/x86_64-linux-gnu/libpcap.so.0.8") || File.Exists("/usr/lib/libpcap.so.1") || File.Exists("/usr/lib/aarch64-linux-gnu/libpcap.so.0.8"),
        Need.Tcpdump => OnPath("tcpdump"),
        Need.Tshark => OnPath("tshark") && OnPath("capinfos"),
        Need.Ethtool => OnPath("ethtool"),
        Need.Nftables => OnPath("nft"),
        Need.Perl => OnPath("perl"),
        Need.Compressors => OnPath("gzip") && OnPath("zstd") && OnPath("lz4"),
        Need.Openssl => OnPath("openssl"),
        Need.Chromium => OnPath("chromium"),
        Need.Promtool => OnPath("promtool"),
        Need.Root => Environment.UserName == "root",
        _ => false,
    };

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(p => File.Exists(Path.Combine(p, program)));
}
