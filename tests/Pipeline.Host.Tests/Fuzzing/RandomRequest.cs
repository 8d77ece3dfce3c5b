using System.Text;

namespace Pipeline.Host.Tests.Fuzzing;

/// <summary>
/// Bytes that are a request, or nearly: put together from what requests are made of and what they must not be made of, then, every third
/// time, changed in a few places. All of it follows from the seed.
/// </summary>
internal sealed class RandomRequest(int seed)
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "PUT", "PUT", "POST", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "G\u00c9T", "", "A B"];

    private static readonly string[] Targets =
    [
        "/", "/app.js", "/health", "/health/live", "/health/ready", "/metrics", "/api/v1/snapshot", "/api/v1/stream", "/api/v1/stream?hz=20", "/api/v1/stream?hz=-1",
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

    private readonly Random _random = new(seed);

    public byte[] Bytes()
    {
        var body = Pick(Bodies);
        var head = new StringBuilder($"{Pick(Methods)} {Pick(Targets)} {Pick(Versions)}\r\n");
        if (_random.Next(20) > 0) head.Append($"Host: {Pick(Hosts)}\r\n");
        for (var i = _random.Next(4); i > 0; i--) head.Append(Pick(Headers)).Append("\r\n");
        switch (_random.Next(4))
        {
            case 0:
                head.Append("Transfer-Encoding: chunked\r\n\r\n").Append(Chunks(body));
                break;
            case 1:
                head.Append("\r\n").Append(body);
                break;
            default:
                head.Append($"Content-Length: {body.Length}\r\n\r\n{body}");
                break;
        }

        var bytes = Encoding.Latin1.GetBytes(head.ToString()).ToList();
        for (var changes = _random.Next(3) == 0 ? _random.Next(1, 5) : 0; changes > 0 && bytes.Count > 0; changes--) Change(bytes);
        return [.. bytes];
    }

    private string Chunks(string body)
    {
        var cut = _random.Next(body.Length + 1);
        var size = _random.Next(6) switch { 0 => "ffffffffffffffff", 1 => "-1", 2 => "5;x=\"", _ => $"{cut:x}" };
        return $"{size}\r\n{body[..cut]}\r\n{body.Length - cut:X}\r\n{body[cut..]}\r\n{(_random.Next(2) == 0 ? "0\r\n\r\n" : "0\r\nX: y\r\n\r\n")}";
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count);
        switch (_random.Next(5))
        {
            case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1: bytes.Insert(at, (byte)_random.Next(256)); break;
            case 2: bytes.RemoveAt(at); break;
            case 3: bytes.RemoveRange(at, bytes.Count - at); break;
            default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_random.Next(64), bytes.Count - at))); break;
        }
    }

    private string Pick(string[] of) => of[_random.Next(of.Length)];
}
