using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>A place in one of the layers, for messages to point at.</summary>
internal readonly record struct Place(SourceText Source, TextSpan Span)
{
    public override string ToString()
    {
        var (line, column) = Source.PositionOf(Span.Start);
        return $"{Source.Name}:{line}:{column}";
    }
}

/// <summary>
/// An object of the configuration while it is read, key by key. A value that is not what was expected gives an error at its place.
/// </summary>
/// <param name="path">The section's name in messages: <c>pipeline.bundle</c>.</param>
/// <param name="fields">The object.</param>
/// <param name="place">The place that an error about the whole object points at.</param>
/// <param name="context">What all sections of one configuration share.</param>
internal sealed class Section(string path, HoconObject fields, Place place, BindingContext context)
{
    public string Path => path;

    public Place Place => place;

    public Findings Findings => context.Findings;

    /// <summary>A field that is there and not <c>null</c>.</summary>
    public HoconField? Field(string key) =>
        fields.TryGet(key, out var field) && field.Value is not HoconValue { IsNull: true } ? field : null;

    public bool Has(string key) => Field(key) is not null;

    public IEnumerable<HoconField> Fields => fields.Fields.Where(f => f.Value is not HoconValue { IsNull: true });

    /// <summary>The place of a key's value, or the section's own place when the key is absent.</summary>
    public Place PlaceOf(string key) => Field(key) is { } field ? new Place(field.Value.Source, field.Value.Span) : place;

    public T Read<T>(string key, Reading<T> reading, T fallback)
    {
        if (Field(key) is not { } field) return fallback;
        if (field.Value is HoconValue value && reading.TryRead(value.Text, out var read)) return read;
        Expected(field, reading.Expected);
        return fallback;
    }

    /// <summary>A file name, relative to the file it is written in; <c>-</c> as it is.</summary>
    public string? ReadFile(string key)
    {
        var name = Read(key, Texts.FileName!, null);
        return name is null or "-" ? name : FileAt(Field(key)!.Value.Source, name);
    }

    /// <summary>The path that a file name in a text stands for.</summary>
    public string FileAt(SourceText source, string name) => System.IO.Path.Combine(context.FolderOf(source), name);

    public Section? Child(string key)
    {
        if (Field(key) is not { } field) return null;
        if (field.Value is HoconObject child) return Of(field, child);
        Expected(field, "an object in braces");
        return null;
    }

    /// <summary>The objects of a list.</summary>
    public IEnumerable<Section> Listed(string key)
    {
        if (Field(key) is not { } field) yield break;
        if (field.Value is not HoconList list)
        {
            Expected(field, "a list in brackets");
            yield break;
        }

        foreach (var item in list.Items)
        {
            var at = new Place(item.Source, item.Span);
            if (item is HoconObject element) yield return new Section($"{path}.{key}", element, at, context);
            else Error(at, $"an element of `{key}` is {item.Description}; expected an object in braces");
        }
    }

    /// <summary>The values of a list. What cannot be read is reported, and left out.</summary>
    public IEnumerable<T> ReadList<T>(string key, Reading<T> reading)
    {
        foreach (var item in ListedTexts(key))
        {
            if (reading.TryRead(item.Text, out var value)) yield return value;
            else Error(new Place(item.Source, item.Span), $"an element of `{key}` is {item.Description}; expected {reading.Expected}");
        }
    }

    /// <summary>The plain values of a list.</summary>
    public IEnumerable<HoconValue> ListedTexts(string key)
    {
        if (Field(key) is not { } field) yield break;
        if (field.Value is not HoconList list)
        {
            Expected(field, "a list in brackets");
            yield break;
        }

        foreach (var item in list.Items)
        {
            if (item is HoconValue value) yield return value;
            else Error(new Place(item.Source, item.Span), $"an element of `{key}` is {item.Description}; expected text");
        }
    }

    public void RejectUnknown(IReadOnlyCollection<string> known)
    {
        foreach (var field in fields.Fields.Where(f => !known.Contains(f.Key) && !Findings.IsFull))
        {
            var inside = path.Length == 0 ? "" : $" in `{Quoted.Short(path)}`";
            var help = Nearest.Of(field.Key, known) is { } near ? $"did you mean `{near}`?" : $"known here: {string.Join(", ", known)}";
            Error(new Place(field.Source, field.KeySpan), $"unknown key `{Quoted.Short(field.Key)}`{inside}", help: help);
        }
    }

    /// <summary>Reports the problems that the options found in themselves, each at its key.</summary>
    public void Errors(IEnumerable<OptionProblem> problems)
    {
        foreach (var problem in problems) Error(PlaceOf(problem.Key), problem.Message);
    }

    public void Error(Place at, string message, string? note = null, string? help = null) =>
        Findings.Error(at.Source, at.Span, message, note, help);

    public void Warning(Place at, string message, string? note = null, string? help = null) =>
        Findings.Warning(at.Source, at.Span, message, note, help);

    private void Expected(HoconField field, string expected) =>
        Error(
            new Place(field.Value.Source, field.Value.Span),
            $"`{Quoted.Short(field.Key)}` is {field.Value.Description}; expected {expected}");

    private Section Of(HoconField field, HoconObject child) =>
        new(path.Length == 0 ? field.Key : $"{path}.{field.Key}", child, new Place(field.Source, field.KeySpan), context);
}
