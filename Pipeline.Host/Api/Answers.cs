using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Api;

/// <summary>Bodies of answers. HEAD gets the headers of GET.</summary>
internal static class Answers
{
    public static Task Json<T>(HttpContext http, T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK, string contentType = "application/json") =>
        Bytes(http, JsonSerializer.SerializeToUtf8Bytes(body, type), contentType, status);

    public static Task Text(HttpContext http, string body, string contentType, int status = StatusCodes.Status200OK) =>
        Bytes(http, Encoding.UTF8.GetBytes(body), contentType, status);

    public static async Task Bytes(HttpContext http, ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
