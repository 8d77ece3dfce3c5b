using System.Diagnostics.CodeAnalysis;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>A key and its value, with the place of the key.</summary>
internal sealed record HoconField(string Key, SourceText Source, TextSpan KeySpan, HoconNode Value);

/// <summary>Fields by key, in the order they were first written. Does not change once its reader has handed it out.</summary>
internal sealed class HoconObject(SourceText source, TextSpan span) : HoconNode(source, span)
{
    private readonly OrderedDictionary<string, HoconField> _fields = [];

    public IEnumerable<HoconField> Fields => _fields.Values;

    public override string Description => "an object";

    public bool TryGet(string key, [NotNullWhen(true)] out HoconField? field) => _fields.TryGetValue(key, out field);

    /// <summary>
    /// A new tree with the fields of <paramref name="later"/> laid over these: objects merge, anything else replaces. A merged object
    /// keeps the place where it was written first.
    /// </summary>
    public HoconObject MergedWith(HoconObject later)
    {
        var merged = new HoconObject(Source, Span);
        foreach (var field in Fields) merged.Put(field);
        foreach (var field in later.Fields)
        {
            var both = merged.TryGet(field.Key, out var earlier) && earlier.Value is HoconObject && field.Value is HoconObject;
            merged.Put(both ? earlier! with { Value = ((HoconObject)earlier.Value).MergedWith((HoconObject)field.Value) } : field);
        }

        return merged;
    }

    /// <summary>Lays the fields of another object over these, as <see cref="MergedWith"/> does, while this one is still being read.</summary>
    internal void Take(HoconObject later)
    {
        foreach (var field in later.Fields)
        {
            var both = TryGet(field.Key, out var earlier) && earlier.Value is HoconObject && field.Value is HoconObject;
            Put(both ? earlier! with { Value = ((HoconObject)earlier.Value).MergedWith((HoconObject)field.Value) } : field);
        }
    }

    internal void Put(HoconField field) => _fields[field.Key] = field;

    /// <summary>The object under a key; a new one where there is none, in place of any other value.</summary>
    internal HoconObject Child(string key, SourceText source, TextSpan keySpan)
    {
        if (TryGet(key, out var field) && field.Value is HoconObject existing) return existing;
        var child = new HoconObject(source, keySpan);
        Put(new HoconField(key, source, keySpan, child));
        return child;
    }
}
