using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Host.Server.OpenApi;

/// <summary>What a call does, for the description of the API.</summary>
/// <param name="Summary">What it is for, in a few words.</param>
internal sealed record Operation(string Summary)
{
    /// <summary>The status of a success, with its words.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The shape of the JSON that it answers; null where it answers none.</summary>
    public JsonTypeInfo? Answer { get; init; }

    /// <summary>The type of an answer that is no JSON; null where it is, or where there is none.</summary>
    public string? MediaType { get; init; }

    /// <summary>The parameters in the query.</summary>
    public IReadOnlyList<Parameter> Query { get; init; } = [];

    /// <summary>The media type of its body; null where it takes none.</summary>
    public string? Body { get; init; }

    /// <summary>The statuses of its refusals, beside those that every call has (401, 403 and 503 while the pipeline starts).</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];
}

/// <param name="Type">The type of JSON Schema that its text stands for.</param>
internal sealed record Parameter(string Name, string Type, string Words);
