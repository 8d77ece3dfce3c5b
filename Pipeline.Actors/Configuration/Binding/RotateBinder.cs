using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>rotate { }</c> of a consumer that writes files.</summary>
internal static class RotateBinder
{
    public static readonly IReadOnlyList<string> Keys = ["filesize", "files", "duration"];

    private static readonly Reading<long> FileSize = Sizes.Between(1024, 1L << 50);
    private static readonly Reading<int> Files = Numbers.Between(1, 1_000_000);
    private static readonly Reading<TimeSpan> Duration = Durations.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(3650), "from 1 ms to 3650 d");

    /// <returns>Null for one that sets no limit.</returns>
    public static RotateOptions? Bind(Section section, Section consumer)
    {
        section.RejectUnknown(Keys);
        if (!Keys.Any(section.Has)) return null;

        if (consumer.Field("write") is { Value: Hocon.HoconValue { Text: "-" } })
        {
            section.Error(section.Place, "standard output cannot rotate; expected `write` with a file name");
        }

        if (section.Has("files") && !section.Has("filesize") && !section.Has("duration"))
        {
            section.Error(section.PlaceOf("files"), "`files` alone never begins a second file; expected `filesize` or `duration` beside it");
        }

        return new RotateOptions
        {
            FileBytes = section.Has("filesize") ? section.Read("filesize", FileSize, 0) : null,
            Files = section.Has("files") ? section.Read("files", Files, 0) : null,
            Duration = section.Has("duration") ? section.Read("duration", Duration, default) : null,
        };
    }
}
