namespace Pipeline.Host.Dashboard;

/// <summary>A file of the page, embedded in this assembly.</summary>
/// <param name="Path">The path of its URL.</param>
/// <param name="File">The file's name in <c>wwwroot</c>.</param>
/// <param name="ContentType">The content type of the answer.</param>
internal sealed record PageAsset(string Path, string File, string ContentType)
{
    /// <summary>
    /// The page may use only its own files: no inline script or style and nothing from other sites. No other page may frame it.
    /// </summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Folder = "wwwroot/";
    private const string Start = "index.html";

    private readonly Lazy<byte[]> _bytes = new(() => Embedded(File));

    /// <summary>All of them, in the order of their names.</summary>
    public static IReadOnlyList<PageAsset> All { get; } =
    [
        .. typeof(PageAsset).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..]).Order(StringComparer.Ordinal).Select(Of),
    ];

    public ReadOnlyMemory<byte> Bytes => _bytes.Value;

    private static PageAsset Of(string file) => new(file == Start ? "/" : "/" + file, file, System.IO.Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    });

    private static byte[] Embedded(string file)
    {
        using var stream = typeof(PageAsset).Assembly.GetManifestResourceStream(Folder + file) ?? throw new InvalidOperationException($"{file} is not embedded.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
