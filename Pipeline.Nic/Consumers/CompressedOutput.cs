using Pipeline.Nic.Compression;

namespace Pipeline.Nic.Consumers;

/// <summary>File names that promise a compressed file. Only captures are written compressed, with gzip or zstd.</summary>
public static class CompressedOutput
{
    private static readonly (string Extension, string Program)[] Programs =
    [
        (".gz", "gzip"), (".gzip", "gzip"), (".bgz", "bgzip"), (".zst", "zstd"), (".zstd", "zstd"), (".lz4", "lz4"), (".xz", "xz"),
        (".lzma", "xz --format=lzma"), (".bz2", "bzip2"), (".bz", "bzip2"), (".br", "brotli"), (".z", "compress"), (".lzo", "lzop"),
        (".lz", "lzip"),
        (".sz", "snzip"), (".zip", "zip -"),
    ];

    /// <summary>Why a file that is not a capture cannot be written by that name, and what to do; null when it can.</summary>
    public static string? Refuse(string path)
    {
        var extension = Path.GetExtension(path);
        return ProgramOf(extension) is { } program
            ? $"a file named {extension} would not be compressed; write to - and pipe it into `{program}`, or leave {extension} off the "
                + "name"
            : null;
    }

    /// <summary>
    /// Why a capture cannot be written by that name, and what to do; null when it can: also for <c>.gz</c> and <c>.zst</c>.
    /// </summary>
    public static string? RefuseCapture(string path)
    {
        var extension = Path.GetExtension(path);
        return !PieceCompressor.IsAskedBy(path) && ProgramOf(extension) is { } program
            ? $"a file named {extension} would not be compressed, only .gz and .zst are; write to - and pipe it into `{program}`, or leave "
                + $"{extension} off the name"
            : null;
    }

    private static string? ProgramOf(string extension) =>
        Programs.FirstOrDefault(p => p.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase)).Program;
}
