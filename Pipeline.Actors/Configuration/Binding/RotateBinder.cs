using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>rotate { }</c> of a consumer that writes files.</summary>
internal static class RotateBinder
{
    public static readonly IReadOnlyList<string> Keys = ["filesize", "files", "duration", "packets"];

    private static readonly Reading<long> FileSize = Sizes.Between(RotateOptions.SmallestFile, RotateOptions.LargestFile);
    private static readonly Reading<int> Files = Numbers.Between(1, RotateOptions.MostFiles);
    private static readonly Reading<long> Packets = Numbers.Between(1L, RotateOptions.MostPackets);
    private static readonly Reading<TimeSpan> Duration = Durations.Between(
        RotateOptions.ShortestDuration, RotateOptions.LongestDuration, "from 1 ms to 3650 d");

    /// <returns>Null when it sets no limit.</returns>
    public static RotateOptions? Bind(Section section, Section consumer)
    {
        section.RejectUnknown(Keys);
        if (!Keys.Any(section.Has)) return null;

        if (consumer.Field("write") is { Value: Hocon.HoconValue { Text: "-" } })
        {
            section.Error(section.Place, "standard output cannot rotate; expected `write` with a file name");
        }

        var options = new RotateOptions
        {
            FileBytes = section.Has("filesize") ? section.Read("filesize", FileSize, RotateOptions.SmallestFile) : null,
            Files = section.Has("files") ? section.Read("files", Files, 1) : null,
            Duration = section.Has("duration") ? section.Read("duration", Duration, RotateOptions.ShortestDuration) : null,
            Packets = section.Has("packets") ? section.Read("packets", Packets, 1) : null,
        };
        section.Errors(options.Check());
        return options;
    }
}
