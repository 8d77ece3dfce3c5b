using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// Where rules that came over HTTP were read from, and who it is that changes something, for the history and the events.
/// </summary>
internal static class RuleOrigin
{
    private const string Unnamed = "http";

    /// <exception cref="RefusedException">The value is not one line of reasonable length.</exception>
    public static string Source(HttpRequest request) => Value(request, "source") ?? Unnamed;

    /// <summary>
    /// The name of the token that was shown, or of the user that an application has authenticated. Without one, the address that the server
    /// saw, after the name that the sender claims.
    /// </summary>
    /// <exception cref="RefusedException">The name is not one line of reasonable length.</exception>
    public static string Who(HttpContext http)
    {
        if (http.Features.Get<Caller>()?.Name is { } known) return known;
        if (http.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } user }) return OneLine(user);
        var from = $"http {http.Connection.RemoteIpAddress}";
        return Value(http.Request, "who") is { } name ? $"{name}, {from}" : from;
    }

    /// <summary>An application may let its users choose their names, which stand in lines of events and of logs.</summary>
    private static string OneLine(string user) => string.Concat(user.Where(c => !char.IsControl(c)).Take(Limits.MostNameCharacters));

    private static string? Value(HttpRequest request, string name)
    {
        if (!request.Query.TryGetValue(name, out var values) || values.ToString() is not { Length: > 0 } text) return null;
        return text.Length <= Limits.MostNameCharacters && !text.Any(char.IsControl)
            ? text
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"{name}: expected at most {Limits.MostNameCharacters} characters, none of them a control character");
    }
}
