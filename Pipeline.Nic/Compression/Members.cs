namespace Pipeline.Nic.Compression;

/// <summary>
/// Finds out what the next member of a compressed file is. It owns the decoders, one of each kind, made when they are needed.
/// </summary>
internal sealed class Members : IDisposable
{
    private const int MagicBytes = 4;

    private GzipMember? _gzip;
    private ZstdFrame? _zstd;
    private Lz4Frame? _lz4;
    private SkippableFrame? _skippable;
    private MemberDecoder? _last;

    /// <summary>Whether a file that begins so is one that can be decompressed.</summary>
    public static bool Recognises(ReadOnlySpan<byte> start) =>
        GzipMember.Recognises(start) || ZstdFrame.Recognises(start) || Lz4Frame.Recognises(start) || SkippableFrame.Recognises(start);

    /// <param name="input">The file from the last member on.</param>
    /// <param name="at">
    /// Where that member ended. Zeros behind a gzip member are passed over: tapes and disks are filled up with them.
    /// </param>
    /// <param name="isAll">Whether no more bytes will come.</param>
    /// <returns>The decoder of the next member, ready to start; null at the end, and when more bytes are needed.</returns>
    /// <exception cref="BrokenDataException">What follows is nothing that is known.</exception>
    public MemberDecoder? Next(ReadOnlySpan<byte> input, ref int at, bool isAll)
    {
        if (_last is GzipMember)
        {
            var padding = input[at..].IndexOfAnyExcept((byte)0);
            at = padding < 0 ? input.Length : at + padding;
        }

        var start = input[at..];
        if (start.IsEmpty || (start.Length < MagicBytes && !isAll)) return null;
        _last = Of(start) ?? throw Unknown(start);
        _last.Start();
        return _last;
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _zstd?.Dispose();
        _lz4?.Dispose();
        _skippable?.Dispose();
    }

    private MemberDecoder? Of(ReadOnlySpan<byte> start)
    {
        if (GzipMember.Recognises(start)) return _gzip ??= new GzipMember();
        if (ZstdFrame.Recognises(start)) return _zstd ??= new ZstdFrame();
        if (Lz4Frame.Recognises(start)) return _lz4 ??= new Lz4Frame();
        return SkippableFrame.Recognises(start) ? _skippable ??= new SkippableFrame() : null;
    }

    private BrokenDataException Unknown(ReadOnlySpan<byte> start) => new(
        $"after a {_last?.Name ?? "file header"} comes {Convert.ToHexStringLower(start[..Math.Min(start.Length, MagicBytes)])}; expected "
        + "the end, or another gzip member, zstd frame or lz4 frame");
}
