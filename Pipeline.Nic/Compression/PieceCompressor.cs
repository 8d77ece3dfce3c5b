namespace Pipeline.Nic.Compression;

/// <summary>
/// Compresses a file piece by piece, so that the file is whole after every piece, whatever happens to the next one. For one thread.
/// </summary>
internal abstract class PieceCompressor : IDisposable
{
    private static readonly string[] Extensions = [".gz", ".zst"];

    /// <summary>
    /// What must stand at the end of the file after the last piece; empty for nothing. The next piece takes its place.
    /// </summary>
    public virtual ReadOnlySpan<byte> Tail => default;

    /// <summary>Whether a file's name asks for compression.</summary>
    public static bool IsAskedBy(string path) => ExtensionOf(path).Length > 0;

    /// <summary>The name without what asks for compression.</summary>
    public static string PlainName(string path) => path[..^ExtensionOf(path).Length];

    /// <summary>Compresses a new file as its name asks; null if it asks for nothing.</summary>
    /// <param name="canCut">Whether something can be taken away from the end of the file.</param>
    public static PieceCompressor? For(string path, bool canCut) => ExtensionOf(path) switch
    {
        "" => null,
        ".gz" => new GzipPieces(),
        _ => new ZstdPieces(isOneFrame: canCut),
    };

    /// <summary>Compresses a piece.</summary>
    /// <returns>What has to be written, valid until the next call. After it comes the <see cref="Tail"/>.</returns>
    public abstract ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> piece);

    public virtual void Dispose()
    {
    }

    private static string ExtensionOf(string path) =>
        Extensions.FirstOrDefault(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ?? "";
}
