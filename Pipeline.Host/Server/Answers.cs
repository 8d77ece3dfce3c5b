using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Pipeline.Host.Dashboard;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Bodies of answers. HEAD gets the headers of GET.</summary>
internal static class Answers
{
    public static Task Json<T>(HttpContext http, T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK, string contentType = "application/json") =>
        Bytes(http, JsonText.Bytes(body, type), contentType, status);

    public static Task Text(HttpContext http, string body, string contentType, int status = StatusCodes.Status200OK) =>
        Bytes(http, Encoding.UTF8.GetBytes(body), contentType, status);

    /// <summary>A file of the page.</summary>
    public static Task Asset(HttpContext http, PageAsset asset)
    {
        http.Response.Headers.ContentSecurityPolicy = PageAsset.Policy;
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Bytes(http, asset.Bytes, asset.ContentType);
    }

    public static async Task Bytes(HttpContext http, ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
