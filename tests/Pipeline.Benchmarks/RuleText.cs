namespace Pipeline.Benchmarks;

/// <summary>Rule files for the captures of <see cref="Captures.CaptureGenerator"/>.</summary>
internal static class RuleText
{
    /// <summary>A rule for each of the first networks that flows go to, by destination /24; rule n sets mark n.</summary>
    public static string DestinationNetworks(int rules) => string.Concat(
        Enumerable.Range(0, rules).Select(i => $"rule net{i} match 30:ffffff00:{0x0a01_0000u + ((uint)i << 8):x8} mark {i + 1}\n"));

    /// <summary>Two rules that, with what they leave, split the flows three ways: a quarter, a quarter and a half.</summary>
    public const string ThreeWays = "rule quarter0 match 31:03:00 mark 1\nrule quarter1 match 31:03:01 mark 2\n";
}
