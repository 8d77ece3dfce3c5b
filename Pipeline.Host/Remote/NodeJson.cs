using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Remote;

/// <summary>
/// Reads a node's answer. Every member that is not nullable must be present, so that users of the answer need not check. Members that this
/// version does not know are ignored.
/// </summary>
internal static class NodeJson
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        TypeInfoResolver = JsonShapes.Default.WithAddedModifier(Require),
    };

    /// <exception cref="JsonException">The text is not of this form.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)Strict.GetTypeInfo(typeof(T))) ?? throw new JsonException("null");

    private static void Require(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        foreach (var property in type.Properties)
        {
            var mayBeAbsent = property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsGetNullable;
            if (property.Get is not null && (property.Set is not null || property.AssociatedParameter is not null)) property.IsRequired = !mayBeAbsent;
        }
    }
}
