using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// A request's body as text, of bounded length (<see cref="Schema.Limits.MostBodyBytes"/>): the server of an application may take more.
/// </summary>
internal static class BodyText
{
    private const int Piece = 16 << 10;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="RefusedException">The body is not text, or not UTF-8.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<string> Read(HttpContext http, CancellationToken stop)
    {
        CheckType(http.Request);
        if (http.Request.ContentLength > Limits.MostBodyBytes) throw TooLarge();
        using var body = new MemoryStream();
        await Copy(http.Request, body, stop);
        try
        {
            return Strict.GetString(body.GetBuffer(), 0, (int)body.Length);
        }
        catch (DecoderFallbackException error)
        {
            throw RefusedException.With(StatusCodes.Status400BadRequest, $"the body is not UTF-8: byte {error.Index} begins no character");
        }
    }

    /// <summary>
    /// Copies the body. Buffers that double leave more garbage than a text of megabytes has bytes, so there is room for all of it once half
    /// has come. Before that, a client could take memory by its word alone.
    /// </summary>
    private static async Task Copy(HttpRequest request, MemoryStream body, CancellationToken stop)
    {
        var piece = new byte[Piece];
        while (await request.Body.ReadAsync(piece, stop) is > 0 and var read)
        {
            if (request.ContentLength is <= Limits.MostBodyBytes and var length && body.Length >= length / 2 && body.Capacity < length) body.Capacity = (int)length;
            if (body.Length + read > Limits.MostBodyBytes) throw TooLarge();
            body.Write(piece, 0, read);
        }
    }

    private static BadHttpRequestException TooLarge() => new("The body is too large.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>Accepts text, and the types that curl and others send for a file without a given type.</summary>
    private static void CheckType(HttpRequest request)
    {
        if (request.ContentType is not { Length: > 0 } given) return;
        var isText = MediaTypeHeaderValue.TryParse(given, out var type)
            && (type.Type == "text" || type.MediaType == "application/x-www-form-urlencoded" || type.MediaType == "application/octet-stream");
        var isUtf8 = type?.Charset is not { Length: > 0 } charset || charset.ToString().Trim('"').ToLowerInvariant() is "utf-8" or "utf8" or "us-ascii";
        if (!isText || !isUtf8) throw RefusedException.With(StatusCodes.Status415UnsupportedMediaType, $"Content-Type: {given}: expected text/plain in UTF-8");
    }
}
