namespace Pipeline.Actors.Configuration;

/// <summary>Where figures are sent to, for a program that sends them.</summary>
public sealed record TelemetryOptions
{
    /// <summary>The collector that figures are sent to by OpenTelemetry's protocol.</summary>
    public OtlpOptions Otlp { get; init; } = new();
}

/// <summary>A collector that understands OTLP, the protocol of OpenTelemetry.</summary>
public sealed record OtlpOptions
{
    /// <summary>Its address; null for none. For HTTP without a path, <c>/v1/metrics</c> is meant.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The time between two sets of figures, from 1 s to 1 h.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How they are sent.</summary>
    public OtlpProtocol Protocol { get; init; }
}

/// <summary>How OTLP is carried.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC, usually on port 4317.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP, usually on port 4318.</summary>
    Http,
}
