using System.Globalization;

namespace Pipeline.Host.Reports;

/// <summary>How far a source has been read, at one moment.</summary>
/// <param name="BytesTotal">The size of the source; null if it is unknown.</param>
internal readonly record struct Progress(long BytesRead, long? BytesTotal, long Packets, TimeSpan Elapsed)
{
    private const double MebiByte = 1024 * 1024;

    private static readonly NumberFormatInfo Spaced = new() { NumberGroupSeparator = " " };

    /// <summary>The part that has been read, 0 to 1; null if the size is unknown. It never exceeds 1, even if the file grows.</summary>
    public double? Fraction => BytesTotal is > 0 and var total ? Math.Clamp((double)BytesRead / total, 0, 1) : null;

    /// <summary><c>81 %  1 204 311 packets  412 MiB/s</c>.</summary>
    public override string ToString() =>
        Fraction is { } fraction ? $"{(int)(fraction * 100)} %  {Figures()}" : $"{BytesRead / MebiByte:0} MiB  {Figures()}";

    /// <summary>The text without the percentage, which a bar shows by itself.</summary>
    public string Figures() => $"{Packets.ToString("N0", Spaced)} packets  {Rate():0} MiB/s";

    private double Rate() => Elapsed > TimeSpan.Zero ? BytesRead / MebiByte / Elapsed.TotalSeconds : 0;
}
