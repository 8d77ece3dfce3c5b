namespace Pipeline.Host.Schema;

/// <summary>What <c>tap --json</c> prints at the end, schema <c>pipeline.tap/1</c>.</summary>
/// <param name="Packets">Packets that it got.</param>
/// <param name="Missed">Packets that it was to get and did not, because its reader was too slow.</param>
/// <param name="Whole">Whether it came to its end. If not, more may have been missed.</param>
internal sealed record TapJson(string Schema, long Packets, long Missed, bool Whole)
{
    public static TapJson Of(long packets, long missed, bool isWhole) => new("pipeline.tap/1", packets, missed, isWhole);
}
