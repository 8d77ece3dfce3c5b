using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Pipeline.Actors.Configuration.Values;

/// <summary>Addresses to listen on: <c>127.0.0.1:8480</c>, <c>[::1]:8480</c>, <c>localhost:0</c>, or <c>off</c>.</summary>
public static class Endpoints
{
    internal static readonly Reading<IPEndPoint?> Listening = new(
        "ADDRESS:PORT with a numeric address, such as 127.0.0.1:8480, or off", TryRead);

    internal static readonly Reading<IPEndPoint> Node = new(
        "ADDRESS:PORT with a numeric address, such as 10.0.0.1:4053",
        (string text, [MaybeNullWhen(false)] out IPEndPoint address) => TryRead(text, out address) && !address.Equals(DashboardOptions.Off));

    /// <param name="text">What the user wrote.</param>
    /// <param name="address">The address; <see cref="DashboardOptions.Off"/> for <c>off</c>.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out IPEndPoint? address)
    {
        address = DashboardOptions.Off;
        if (text is "off" or "no" or "false") return true;
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        if (Host(text[..colon]) is not { } host) return false;
        address = new IPEndPoint(host, port);
        return true;
    }

    private static IPAddress? Host(string text)
    {
        if (text == "localhost") return IPAddress.Loopback;
        if (text.StartsWith('[')) return text.EndsWith(']') && text.Contains(':') && IPAddress.TryParse(text, out var six) ? six : null;

        // .NET also accepts 1 and 127.1 as addresses; nobody means that.
        return text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out var four) ? four : null;
    }
}
