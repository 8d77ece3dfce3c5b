using System.Collections.Concurrent;
using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>
/// A handler's options as they stand in a configuration. Only the handler knows what they mean, so each is read when the handler asks for
/// it.
/// </summary>
internal sealed class ConfiguredOptions(Section section) : HandlerOptions
{
    private static readonly Reading<TimeSpan> AnyDuration = Durations.Between(TimeSpan.Zero, TimeSpan.MaxValue, "that fits into 64 bits");
    private static readonly Reading<long> AnySize = Sizes.Between(0L, long.MaxValue);

    private readonly ConcurrentDictionary<string, bool> _read = [];

    public override IReadOnlyList<string> KeysOf(string key = "")
    {
        if (key.Length == 0) return [.. section.Fields.Select(f => f.Key)];
        return Find(key) switch
        {
            null => [],
            { Value: HoconObject inner } => [.. inner.Fields.Select(f => f.Key)],
            var other => throw Unexpected(other, "an object in braces"),
        };
    }

    public override bool Has(string key) => Find(key) is not null;

    public override string? Text(string key, string? fallback = null) => Read(key, Texts.Any!, fallback);

    public override int Number(string key, int fallback, int least = 0, int most = int.MaxValue) =>
        Read(key, Numbers.Between(least, most), fallback);

    public override bool Switch(string key, bool fallback) => Read(key, Words.Switch, fallback);

    public override TimeSpan Duration(string key, TimeSpan fallback) => Read(key, AnyDuration, fallback);

    public override long Size(string key, long fallback) => Read(key, AnySize, fallback);

    public override string? File(string key, string? fallback = null) =>
        Read(key, Texts.FileName!, null) is { } name ? section.FileAt(Find(key)!.Value.Source, name) : fallback;

    public override IReadOnlyList<string> List(string key)
    {
        if (Find(key) is not { } field) return [];
        _read[key] = true;
        if (field.Value is not HoconList list) throw Unexpected(field, "a list in brackets");
        var other = list.Items.FirstOrDefault(i => i is not HoconValue);
        if (other is not null)
            throw Error(other.Source, other.Span, $"an element of `{Quoted.Short(key)}` is {other.Description}; expected a text");
        return [.. list.Items.Select(i => ((HoconValue)i).Text)];
    }

    public override HandlerOptionException Wrong(string key, string expected) => Find(key) is { } field
        ? Unexpected(field, expected)
        : Error(section.Place.Source, section.Place.Span, $"the option `{Quoted.Short(key)}` is not given; expected {expected}");

    public override void RejectUnread()
    {
        foreach (var (path, field) in Leaves("", section.Fields))
        {
            if (_read.ContainsKey(path)) continue;
            var help = Nearest.Of(path, _read.Keys) is { } near
                ? $"did you mean `{near}`?"
                : _read.IsEmpty ? null : $"known here: {string.Join(", ", _read.Keys.Order())}";
            throw Error(field.Source, field.KeySpan, $"the handler has no option `{Quoted.Short(path)}`", help);
        }
    }

    private static IEnumerable<(string Path, HoconField Field)> Leaves(string under, IEnumerable<HoconField> fields) =>
        fields.SelectMany(field =>
        field.Value is HoconObject inner ? Leaves($"{under}{field.Key}.", Present(inner)) : [($"{under}{field.Key}", field)]);

    private static IEnumerable<HoconField> Present(HoconObject fields) =>
        fields.Fields.Where(f => f.Value is not HoconValue { IsNull: true });

    private T Read<T>(string key, Reading<T> reading, T fallback)
    {
        _read[key] = true;
        if (Find(key) is not { } field) return fallback;
        return field.Value is HoconValue value && reading.TryRead(value.Text, out var read)
            ? read
            : throw Unexpected(field, reading.Expected);
    }

    private HoconField? Find(string key) => Find(key, section.Fields);

    /// <summary>
    /// Looks for the key itself first, because a quoted key may contain a dot, and then for the object that its first part names.
    /// </summary>
    private static HoconField? Find(string key, IEnumerable<HoconField> fields)
    {
        foreach (var field in fields)
        {
            if (field.Key == key) return field;
            if (field.Value is HoconObject inner && key.StartsWith(field.Key + '.', StringComparison.Ordinal)
                && Find(key[(field.Key.Length + 1)..], Present(inner)) is { } found) return found;
        }

        return null;
    }

    private static HandlerOptionException Unexpected(HoconField field, string expected) =>
        Error(field.Value.Source, field.Value.Span, $"`{Quoted.Short(field.Key)}` is {field.Value.Description}; expected {expected}");

    private static HandlerOptionException Error(SourceText source, TextSpan span, string message, string? help = null) =>
        new(Diagnostic.Error(source, span, message, help: help).ToString());
}
