using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Remote;

/// <summary>
/// Reads what a node answered. Everything that may not be absent has to be there, so that who works with it need not ask; what this
/// version does not know is passed over.
/// </summary>
internal static class NodeJson
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        TypeInfoResolver = JsonShapes.Default.WithAddedModifier(Require),
    };

    /// <exception cref="JsonException">It is no such thing.</exception>
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
