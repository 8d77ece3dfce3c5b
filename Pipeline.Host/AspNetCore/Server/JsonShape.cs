using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Host.Server;

/// <summary>How values of one type are written as JSON: at once, or by their members or elements. Immutable. Any thread.</summary>
internal sealed class JsonShape
{
    private static readonly ConcurrentDictionary<Type, JsonShape> Known = [];

    /// <summary>Whether each value is a few bytes, such as a number.</summary>
    private readonly bool _isShort;

    /// <summary>Its members that are texts, if they alone decide whether a value is short; else null.</summary>
    private readonly JsonMember[]? _texts;

    private JsonShape(JsonTypeInfo type)
    {
        Type = type;
        if (type.Kind == JsonTypeInfoKind.Enumerable) Element = Of(type.Options.GetTypeInfo(type.ElementType!));
        if (type.Kind == JsonTypeInfoKind.Object) Members = [.. type.Properties.Where(p => p.Get is not null).Select(p => new JsonMember(p, type.Options))];
        // A dictionary here counts by a closed list of words, such as reasons.
        _isShort = (type.Kind is JsonTypeInfoKind.None or JsonTypeInfoKind.Dictionary && type.Type != typeof(string))
            || (type.Kind == JsonTypeInfoKind.Object && Members.All(m => m.Shape._isShort));
        if (type.Kind == JsonTypeInfoKind.Object && Members.All(m => m.Shape._isShort || m.IsText)) _texts = [.. Members.Where(m => m.IsText)];
    }

    public JsonTypeInfo Type { get; }

    /// <summary>The shape of its elements; null for what is no list.</summary>
    public JsonShape? Element { get; }

    public IReadOnlyList<JsonMember> Members { get; } = [];

    public static JsonShape Of(JsonTypeInfo type) => Known.TryGetValue(type.Type, out var known) ? known : Known.GetOrAdd(type.Type, new JsonShape(type));

    /// <summary>Whether a value is much shorter than a piece of an answer, so that the serializer may write it at once.</summary>
    public bool IsShort(object value)
    {
        if (_isShort) return true;
        if (value is string text) return text.Length <= TextPieces.MostCharacters;
        if (_texts is null) return false;
        var characters = 0L;
        foreach (var member in _texts) characters += ((string?)member.Get(value))?.Length ?? 0;
        return characters <= TextPieces.MostCharacters;
    }
}

/// <summary>A member of a type.</summary>
internal sealed class JsonMember(JsonPropertyInfo property, JsonSerializerOptions options)
{
    public JsonEncodedText Name { get; } = JsonEncodedText.Encode(property.Name);

    public JsonShape Shape { get; } = JsonShape.Of(options.GetTypeInfo(property.PropertyType));

    public bool IsText { get; } = property.PropertyType == typeof(string);

    /// <summary>Whether it is written when it is null, which few are.</summary>
    public bool WritesNull { get; } =
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.Never }];

    public object? Get(object of) => property.Get!(of);
}
