using System.Text;
using Pipeline.TestSupport;

namespace Pipeline.Host.Tests.Fuzzing;

/// <summary>
/// Bytes that are a request, or nearly: put together from what requests are made of and what they must not be made of, then, every third
/// time, changed in a few places. All of it follows from the seed.
/// </summary>
internal sealed class RandomRequest
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "PUT", "PUT", "POST", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "G\u00c9T", "", "A B"];

    private static readonly string[] Targets =
    [
        "/", "/app.js", "/health", "/health/live", "/health/ready", "/metrics", "/api/v1/topology", "/api/v1/history", "/api/v1/actors", "/api/v1/topology?format=mermaid", "/api/v1/topology?format=%00", "/api/v1/snapshot", "/api/v1/stream", "/api/v1/stream?hz=20", "/api/v1/stream?hz=-1",
        "/api/v1/rules", "/api/v1/rules", "/api/v1/rules?empty=yes", "/api/v1/rules?confirm=1", "/api/v1/rules?confirm=NaN", "/api/v1/rules?who=%00&source=%ff", "/api/v1/rules/history",
        "/api/v1/rules/check", "/api/v1/rules/check", "/api/v1/rules/rollback/1", "/api/v1/rules/rollback/2147483648", "/api/v1/rules/confirm/1", "/api/v1/rules/confirm/-1",
        "/api/v1/consumers/dns/pause", "/api/v1/consumers/dns/resume", "/api/v1/consumers/dns/restart", "/api/v1/consumers/watch/restart", "/api/v1/consumers/%2e%2e/pause",
        "/api/v1/consumers/none/resume", "/api/v1/consumers/dns/scale", "/api/v1/consumers/dns/scale?instances=65", "/api/v1/consumers/dns/scale?instances=2",
        "*", "localhost:80", "http://localhost/health", "http://evil.example/", "http://[::1/", "//health", "/..%2f..%2fetc/passwd", "/%", "/%00", "/?%%%", "\\health", "",
    ];

    private static readonly string[] Versions = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "http/1.1", ""];

    private static readonly string[] Hosts =
    [
        "localhost", "localhost", "localhost", "localhost", "localhost:8480", "127.0.0.1", "[::1]:1", "", "xn--", "xn--99999999999.example", "a..b", "[", "[::", ":80", "localhost:x",
        "me@localhost", "m\u00fcnchen", "%31", "localhost\r\nHost: localhost", "evil.example",
    ];

    private static readonly string[] Headers =
    [
        "Origin: null", "Origin: http://localhost", "Origin: https://localhost", "Origin: http://x@localhost", "Origin: http://[", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin",
        "Authorization: Bearer x", "Authorization: Bearer", "Authorization: \u00ff", "If-Match: \"1\"", "If-Match: *", "If-Match: \"99999999999\"", "If-Match: W/\"1\", \"2\"",
        "Accept: text/plain", "Accept: ;;;", "Content-Type: text/plain", "Content-Type: text/plain; charset=utf-16", "Content-Type: ;", "Content-Type: application/x-www-form-urlencoded",
        "Expect: 100-continue", "Expect: 200", "Connection: close", "Connection: keep-alive, Upgrade", "Upgrade: h2c", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity",
        "Content-Length: 5", "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 4194305", "Last-Event-ID: x", "Range: bytes=0-1", "Cookie: a=\"", "X:", ": x", "X-\u0001: y", "No colon",
    ];

    private static readonly string[] Bodies =
    [
        "", "# none\n", "rule dns match 36:ffff:0035 mark 0x10\n", "rule all match 0:00:00 mark 1\nrule udp match 23:ff:11 mark 0x20 continue\n", "rule", "rule x match 1:2:3:4 mark z\n",
        "keep-out off arp\n", "\u00ef\u00bb\u00bfrule b match 0:00:00 mark 2\n", "\u00ff\u00fe", "\0\0\0", "instances=2", "{\"a\":",
    ];

    /// <summary>What says how long a body is, or what comes before it, beside what the request says of its own.</summary>
    private static readonly string[] Framing = ["Content-Length", "Transfer-Encoding", "Expect"];

    private readonly Chance _chance;

    public RandomRequest(ulong seed)
    {
        _chance = new Chance(seed);
        Bytes = Make();
    }

    public byte[] Bytes { get; }

    /// <summary>Whether it comes to its end by its own account and asks to close, so that the server must close the connection.</summary>
    public bool IsWhole { get; private set; }

    private byte[] Make()
    {
        var (body, target) = (Pick(Bodies), Pick(Targets));
        var head = new StringBuilder($"{Pick(Methods)} {target} {Pick(Versions)}\r\n");
        if (_chance.Below(20) > 0) head.Append($"Host: {Pick(Hosts)}\r\n");
        List<string> headers = [];
        for (var i = _chance.Below(4); i > 0; i--) headers.Add(Pick(Headers));
        foreach (var header in headers) head.Append(header).Append("\r\n");
        var (framing, isFramed) = Framed(body);
        var changes = _chance.OneIn(3) ? 1 + _chance.Below(4) : 0;

        // A stream ends with the run.
        IsWhole = changes == 0 && isFramed && !target.Contains("/stream") && !headers.Exists(h => Array.Exists(Framing, h.StartsWith));
        if (IsWhole) head.Append("Connection: close\r\n");
        var bytes = Encoding.Latin1.GetBytes(head.Append(framing).ToString()).ToList();
        for (; changes > 0 && bytes.Count > 0; changes--) Change(bytes);
        return [.. bytes];
    }

    /// <returns>The last of the headers and the body, and whether the one says rightly where the other ends.</returns>
    private (string Text, bool IsRight) Framed(string body)
    {
        switch (_chance.Below(4))
        {
            case 0:
                var chunks = Chunks(body, out var isRight);
                return ("Transfer-Encoding: chunked\r\n\r\n" + chunks, isRight);
            case 1:
                return ("\r\n" + body, body.Length == 0);
            default:
                return ($"Content-Length: {body.Length}\r\n\r\n{body}", true);
        }
    }

    private string Chunks(string body, out bool isRight)
    {
        var cut = _chance.Below(body.Length + 1);
        var size = _chance.Below(6) switch { 0 => "ffffffffffffffff", 1 => "-1", 2 => "5;x=\"", _ => $"{cut:x}" };
        isRight = size == $"{cut:x}";
        return $"{size}\r\n{body[..cut]}\r\n{body.Length - cut:X}\r\n{body[cut..]}\r\n{(_chance.OneIn(2) ? "0\r\n\r\n" : "0\r\nX: y\r\n\r\n")}";
    }

    private void Change(List<byte> bytes)
    {
        var at = _chance.Below(bytes.Count);
        switch (_chance.Below(5))
        {
            case 0: bytes[at] ^= (byte)(1 << _chance.Below(8)); break;
            case 1: bytes.Insert(at, (byte)_chance.Below(256)); break;
            case 2: bytes.RemoveAt(at); break;
            case 3: bytes.RemoveRange(at, bytes.Count - at); break;
            default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_chance.Below(64), bytes.Count - at))); break;
        }
    }

    private string Pick(string[] of) => _chance.Of<string>(of);
}
