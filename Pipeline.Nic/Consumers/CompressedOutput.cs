namespace Pipeline.Nic.Consumers;

/// <summary>File names that promise a compressed file. Nothing here writes one.</summary>
public static class CompressedOutput
{
    private static readonly (string Extension, string Program)[] Programs =
    [
        (".gz", "gzip"), (".gzip", "gzip"), (".bgz", "bgzip"), (".zst", "zstd"), (".zstd", "zstd"), (".lz4", "lz4"), (".xz", "xz"),
        (".lzma", "xz --format=lzma"), (".bz2", "bzip2"), (".bz", "bzip2"), (".br", "brotli"), (".z", "compress"), (".lzo", "lzop"),
        (".lz", "lzip"),
        (".sz", "snzip"), (".zip", "zip -"),
    ];

    /// <summary>Why a file of that name cannot be written, and what to do; null when it can.</summary>
    public static string? Refuse(string path)
    {
        var extension = Path.GetExtension(path);
        foreach (var (known, program) in Programs)
        {
            if (!known.Equals(extension, StringComparison.OrdinalIgnoreCase)) continue;
            return $"a file named {extension} would not be compressed; write to - and pipe it into `{program}`, or leave {extension} off "
                + "the name";
        }

        return null;
    }
}
