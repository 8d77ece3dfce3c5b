using Pipeline.TestSupport;

namespace Pipeline.Linux.Tests;

/// <summary>Writes the configurations that the tests use.</summary>
internal static class Setup
{
    /// <summary>What takes everything that no guard keeps.</summary>
    public const string All = "rule all match 0:00:00 mark 1\n";

    /// <summary>What carries mark 1 is taken, and counted.</summary>
    /// <param name="mode">native or generic; null for afpacket.</param>
    /// <returns>The configuration's file. The rules are in the file <c>rules</c> beside it.</returns>
    public static string Write(TemporaryFolder folder, string? mode, string rules, string source = "")
    {
        File.WriteAllText(folder["rules"], rules);
        var backend = mode is null ? "backend = afpacket" : $"backend = afxdp, mode = {mode}";
        File.WriteAllText(folder["run.conf"], $$"""
            pipeline {
              source { interface = {{TwoHosts.Near}}, {{backend}}, {{source}} }
              rules = rules
              consumers { taken { kind = bypass, handler = count } }
              routes = [{ mark = 1, to = taken }]
            }
            """);
        return folder["run.conf"];
    }
}
