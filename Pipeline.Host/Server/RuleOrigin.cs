using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// The origin of rules that came over HTTP, for the history: where they were read from and who sent them, if the sender said so.
/// </summary>
internal static class RuleOrigin
{
    private const string Unnamed = "http";

    /// <exception cref="RefusedException">The value is not one line of reasonable length.</exception>
    public static string Source(HttpRequest request) => Value(request, "source") ?? Unnamed;

    /// <summary>The sender. The address is what the server saw; the name is only what the sender claims.</summary>
    /// <exception cref="RefusedException">The name is not one line of reasonable length.</exception>
    public static string Who(HttpContext http)
    {
        var from = $"http {http.Connection.RemoteIpAddress}";
        return Value(http.Request, "who") is { } name ? $"{name}, {from}" : from;
    }

    private static string? Value(HttpRequest request, string name)
    {
        if (!request.Query.TryGetValue(name, out var values) || values.ToString() is not { Length: > 0 } text) return null;
        return text.Length <= Limits.MostNameCharacters && !text.Any(char.IsControl)
            ? text
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"{name}: expected at most {Limits.MostNameCharacters} characters, none of them a control character");
    }
}
