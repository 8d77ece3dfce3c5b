namespace Pipeline.Nic.Consumers.Captures;

/// <summary>What was written where, for people.</summary>
internal static class CaptureNotes
{
    public static IReadOnlyList<string> Of(CaptureWriter writer)
    {
        var notes = new List<string> { Line(writer) };
        if (writer.TimesChanged > 0)
            notes.Add($"{Packets(writer.TimesChanged)} outside of 1970 to 2106, which a pcap file cannot say, got the nearest time it can; a file named .pcapng keeps them");
        return notes;
    }

    public static string Line(CaptureWriter writer) => writer.Files > 1
        ? $"{Packets(writer.Written)} in {writer.Files} files up to {writer.FileName}"
        : $"{Packets(writer.Written)} in {writer.FileName}";

    private static string Packets(long count) => count == 1 ? "1 packet" : $"{count} packets";
}
