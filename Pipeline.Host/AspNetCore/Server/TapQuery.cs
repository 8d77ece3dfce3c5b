using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Captures;

namespace Pipeline.Host.Server;

/// <summary>The query that asks for a tap. All of it may be left out.</summary>
internal static class TapQuery
{
    /// <summary>Connections that can be left out.</summary>
    private const int MostConnections = 8;

    private static readonly string[] Names = ["filter", "packets", "snaplen", "at", "except", "who"];

    /// <exception cref="RefusedException">It makes no sense.</exception>
    public static CaptureRequest Read(IQueryCollection query)
    {
        if (query.Keys.FirstOrDefault(k => !Names.Contains(k)) is { } unknown)
            throw Unprocessable($"{unknown}: there is no such parameter; there are filter, packets, snaplen, at and except");
        return new CaptureRequest
        {
            IsTap = true,
            Filter = query["filter"].ToString(),
            Packets = Whole(query, "packets", long.MaxValue),
            SnapLength = (int)Whole(query, "snaplen", CaptureRequest.LargestSnapLength),
            At = query["at"].ToString() is { Length: > 0 } at ? CapturePoint.Read(at) ?? throw Wrong("at", at, "received, rule:NAME, route:NAME or dropped") : CapturePoint.Received,
            Except = Connections([.. query["except"].OfType<string>()]),
        };
    }

    private static long Whole(IQueryCollection query, string name, long most)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw Wrong(name, text, most == long.MaxValue ? "a whole number, or 0 for no end" : $"a whole number, at most {most}");
    }

    private static IReadOnlyList<CaptureConnection> Connections(IReadOnlyList<string> texts)
    {
        if (texts.Count > MostConnections) throw Unprocessable($"except: there are {texts.Count} connections; at most {MostConnections} can be left out");
        return [.. texts.Select(Connection)];
    }

    /// <summary><c>ADDR:PORT</c> for all connections of an endpoint, or <c>ADDR:PORT,ADDR:PORT</c> for those between two.</summary>
    private static CaptureConnection Connection(string text)
    {
        var ends = text.Split(',');
        if (ends.Length <= 2 && IPEndPoint.TryParse(ends[0], out var at) && at.Port > 0)
        {
            if (ends.Length == 1) return new(at);
            if (IPEndPoint.TryParse(ends[1], out var with) && with.Port > 0) return new(at, with);
        }

        throw Wrong("except", text, "ADDR:PORT, or ADDR:PORT,ADDR:PORT");
    }

    private static RefusedException Wrong(string name, string given, string expected) =>
        Unprocessable($"{name}: {(given.Length <= 100 ? given : given[..100] + "...")}: expected {expected}");

    private static RefusedException Unprocessable(string words) => RefusedException.With(StatusCodes.Status422UnprocessableEntity, words);
}
