using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>Says for people what was written where, and what was changed in writing.</summary>
internal static class CaptureNotes
{
    public static IReadOnlyList<string> Of(CaptureWriter writer)
    {
        var notes = new List<string> { Line(writer) };
        if (writer.TimesChanged > 0) notes.Add(Changed(writer));
        if (writer.TimesMade > 0)
            notes.Add($"{Packets(writer.TimesMade)} without a time got that of "
                + $"1970-01-01{(writer.IsPcap ? "; a file named .pcapng keeps them without" : "")}");
        if (writer.LeftOut > 0) notes.Add(LeftOut(writer.LeftOut));
        return notes;
    }

    /// <summary>For captures of one source. What is true of all of them is said once.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<CaptureWriter> writers)
    {
        var notes = writers.Select(Line).ToList();
        var made = writers.Sum(w => w.TimesMade);
        if (made > 0) notes.Add($"{Packets(made)} without a time got that of 1970-01-01");
        if (writers.FirstOrDefault()?.LeftOut is > 0 and var leftOut) notes.Add(LeftOut(leftOut));
        return notes;
    }

    public static string Line(CaptureWriter writer) => writer.Files > 1
        ? $"{Packets(writer.Written)} in {writer.Files} files up to {writer.FileName}"
        : $"{Packets(writer.Written)} in {writer.FileName}";

    private static string Changed(CaptureWriter writer) => writer.IsPcap
        ? $"{Packets(writer.TimesChanged)} outside of 1970 to 2106, which a pcap file cannot say, got the nearest time it can; a file "
            + "named .pcapng keeps them"
        : $"{Packets(writer.TimesChanged)} of times too far apart for one capture got the nearest that fits";

    private static string LeftOut(long blocks) =>
        $"{blocks} of the capture's blocks beside packets are not in the copy: they are broken, or more than the "
        + $"{CaptureMetadata.MostBytes >> 20} MiB that are kept";

    private static string Packets(long count) => count == 1 ? "1 packet" : $"{count} packets";
}
