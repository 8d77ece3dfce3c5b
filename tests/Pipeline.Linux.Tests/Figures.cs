using System.Text.Json;

namespace Pipeline.Linux.Tests;

/// <summary>Reads reports and snapshots, whose parts have the same names.</summary>
internal static class Figures
{
    /// <summary>Packets of the rule, guard or consumer of that name; null where there is none.</summary>
    public static long? Packets(this JsonElement figures, string list, string name) => figures.GetProperty(list).EnumerateArray()
        .Where(e => e.GetProperty("name").GetString() == name)
        .Select(e => (long?)e.GetProperty("packets").GetInt64())
        .SingleOrDefault();

    /// <summary>Packets of one part of the ledger.</summary>
    public static long Ledger(this JsonElement figures, string part) =>
        figures.GetProperty("ledger").GetProperty(part).GetProperty("packets").GetInt64();
}
