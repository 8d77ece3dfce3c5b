using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Api;

/// <summary>The files of the page, out of this assembly.</summary>
internal static class Page
{
    /// <summary>Nothing but its own: no inline script or style, nothing from anywhere else, in nobody's frame.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static IReadOnlyList<Asset> Assets { get; } =
    [
        new("/", "index.html", "text/html; charset=utf-8"),
        new("/app.js", "app.js", "text/javascript; charset=utf-8"),
        new("/app.css", "app.css", "text/css; charset=utf-8"),
    ];

    /// <param name="Path">Where it is asked for.</param>
    /// <param name="File">In <c>wwwroot</c>.</param>
    /// <param name="ContentType">Of the answer.</param>
    public sealed record Asset(string Path, string File, string ContentType)
    {
        private readonly Lazy<byte[]> _bytes = new(() => Embedded(File));

        public Task Answer(HttpContext http)
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            http.Response.Headers["Referrer-Policy"] = "no-referrer";
            return Answers.Bytes(http, _bytes.Value, ContentType);
        }
    }

    private static byte[] Embedded(string file)
    {
        using var stream = typeof(Page).Assembly.GetManifestResourceStream("wwwroot/" + file) ?? throw new InvalidOperationException($"{file} is not embedded.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
