using System.Diagnostics.CodeAnalysis;
using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration.Binding;

/// <summary>Binds <c>telemetry { }</c>.</summary>
internal static class TelemetryBinder
{
    public static readonly IReadOnlyList<string> Keys = ["otlp"];

    public static readonly IReadOnlyList<string> OtlpKeys = ["endpoint", "interval", "protocol"];

    private static readonly Reading<Uri?> Address = new("http://HOST:PORT or https://HOST:PORT, such as http://127.0.0.1:4317", TryRead);

    private static readonly Reading<TimeSpan> Interval = Durations.Between(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "from 1 s to 1 h");

    private static readonly Reading<OtlpProtocol> Protocols = Words.Of(("grpc", OtlpProtocol.Grpc), ("http", OtlpProtocol.Http));

    public static TelemetryOptions Bind(Section section)
    {
        section.RejectUnknown(Keys);
        return section.Child("otlp") is { } otlp ? new TelemetryOptions { Otlp = BindOtlp(otlp) } : new TelemetryOptions();
    }

    private static OtlpOptions BindOtlp(Section section)
    {
        section.RejectUnknown(OtlpKeys);
        var defaults = new OtlpOptions();
        return new OtlpOptions
        {
            Endpoint = section.Read("endpoint", Address, defaults.Endpoint),
            Interval = section.Read("interval", Interval, defaults.Interval),
            Protocol = section.Read("protocol", Protocols, defaults.Protocol),
        };
    }

    /// <summary>What a URL says besides (a user, a query) is not sent, so nobody may rely on it.</summary>
    private static bool TryRead(string text, [MaybeNullWhen(false)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && address is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };
}
