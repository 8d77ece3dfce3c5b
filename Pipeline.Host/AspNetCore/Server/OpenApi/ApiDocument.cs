using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server.OpenApi;

/// <summary>
/// The API in the words of OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1). The shapes are made of the types that the server writes, so a
/// description cannot be older than what it describes.
/// </summary>
internal static class ApiDocument
{
    private const string Json = "application/json", Problem = "application/problem+json";

    /// <summary>Made when somebody asks for the first time.</summary>
    private static readonly Lazy<byte[]> Bytes = new(() => JsonSerializer.SerializeToUtf8Bytes(Make(), JsonNodes.Default.JsonObject));

    public static async Task Get(HttpContext http)
    {
        http.Response.ContentType = Json;
        http.Response.ContentLength = Bytes.Value.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(Bytes.Value, http.RequestAborted);
    }

    private static JsonObject Make()
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var shape in Operations.All.Values.Select(o => o.Answer).OfType<JsonTypeInfo>().Append(JsonShapes.Default.ProblemJson).DistinctBy(NameOf))
            schemas[NameOf(shape)] = SchemaOf(shape);
        foreach (var (call, operation) in Operations.All)
        {
            var (method, path) = (call.Split(' ')[0], call.Split(' ')[1]);
            if (paths[path] is not JsonObject item) paths[path] = item = [];
            item[method.ToLowerInvariant()] = Of(path, operation);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Pipeline", ["version"] = typeof(ApiDocument).Assembly.GetName().Version!.ToString(3), ["summary"] = "What a running pipeline does with packets, and how to change it." },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "../..", ["description"] = "the server that this description is from" }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject()),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["schemas"] = schemas,
            },
        };
    }

    private static JsonObject Of(string path, Operation operation)
    {
        var made = new JsonObject { ["summary"] = operation.Summary };
        JsonObject[] parameters = [.. InPath(path), .. operation.Query.Select(p => ParameterOf(p.Name, "query", p.Type, p.Words))];
        if (parameters.Length > 0) made["parameters"] = new JsonArray([.. parameters]);
        if (operation.Body is { } body) made["requestBody"] = new JsonObject { ["content"] = new JsonObject { [body] = new JsonObject() } };
        var responses = new JsonObject { [$"{operation.Status}"] = Success(operation) };
        foreach (var status in operation.Refusals.Concat([401, 403, 503]).Distinct().Order()) responses[status.ToString(CultureInfo.InvariantCulture)] = Refusal(status);
        if (operation.Answer == JsonShapes.Default.HealthJson) responses["503"] = Success(operation with { Status = 503 });
        made["responses"] = responses;
        return made;
    }

    private static IEnumerable<JsonObject> InPath(string path) =>
        path.Split('/').Where(part => part.StartsWith('{')).Select(part => ParameterOf(part.Trim('{', '}'), "path", part == "{generation}" ? "integer" : "string", null));

    private static JsonObject ParameterOf(string name, string place, string type, string? words)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["schema"] = new JsonObject { ["type"] = type } };
        if (place == "path") parameter["required"] = true;
        if (words is not null) parameter["description"] = words;
        return parameter;
    }

    private static JsonObject Success(Operation operation)
    {
        var answer = new JsonObject { ["description"] = ReasonPhrases.GetReasonPhrase(operation.Status) };
        if (operation.Answer is { } shape) answer["content"] = Content(Json, Reference(shape));
        else if (operation.MediaType is { } type) answer["content"] = Content(type, new JsonObject());
        return answer;
    }

    private static JsonObject Refusal(int status) => new()
    {
        ["description"] = ReasonPhrases.GetReasonPhrase(status),
        ["content"] = Content(Problem, Reference(JsonShapes.Default.ProblemJson)),
    };

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static string NameOf(JsonTypeInfo shape) => shape.Type.Name.Replace("Json", "", StringComparison.Ordinal);

    private static JsonObject Reference(JsonTypeInfo shape) => new() { ["$ref"] = Place(shape) };

    private static string Place(JsonTypeInfo shape) => $"#/components/schemas/{NameOf(shape)}";

    /// <summary>A type that comes twice in a shape refers to its first place, from the root of the shape, which is none of this document.</summary>
    private static JsonNode SchemaOf(JsonTypeInfo shape)
    {
        var schema = shape.GetJsonSchemaAsNode();
        Rebase(schema, Place(shape));
        return schema;
    }

    private static void Rebase(JsonNode? node, string root)
    {
        if (node is JsonArray items) foreach (var item in items) Rebase(item, root);
        if (node is not JsonObject members) return;
        foreach (var (name, value) in members.ToList())
        {
            if (name == "$ref" && value is JsonValue reference) members[name] = root + reference.GetValue<string>()[1..];
            else Rebase(value, root);
        }
    }
}
