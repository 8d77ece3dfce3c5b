using Pipeline.Nic.Compression;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>What is compressed is decompressed on the way.</summary>
internal sealed unsafe partial class CaptureInput
{
    private Decompressor? _decompressor;
    private ReadOnlyMemory<byte> _readAhead;

    /// <summary>Whether what is read has been decompressed.</summary>
    public bool IsDecompressed => _decompressor is not null;

    /// <summary>Whether <see cref="Leap"/> can be called: a regular file that is read as it is.</summary>
    public bool CanLeap => IsRegular && _decompressor is null;

    /// <summary>Whether the next read can do something at once, even if the last one returned <see cref="Nothing"/>.</summary>
    public bool IsReady => IsRegular || _decompressor is { IsPausing: true };

    /// <summary>Its name in messages that tell a place in the capture. In a compressed file that is another than the file's own.</summary>
    public string CaptureName => _decompressor is null ? Name : $"{Name}, decompressed";

    /// <summary>From here on the source is decompressed.</summary>
    /// <param name="readAhead">What has been read of it, from its beginning on. It is copied.</param>
    public void Decompress(ReadOnlySpan<byte> readAhead)
    {
        _readAhead = readAhead.ToArray();
        _decompressor = new Decompressor(ReadCompressed);
    }

    private int ReadDecompressed(byte* buffer, int room)
    {
        try
        {
            return _decompressor!.Read(new Span<byte>(buffer, room));
        }
        catch (CompressedDataException e)
        {
            throw new CaptureFormatException(Name, e.Offset, e.Message);
        }
    }

    private int ReadCompressed(Span<byte> to)
    {
        if (_readAhead.IsEmpty)
        {
            fixed (byte* buffer = to) return ReadSource(buffer, to.Length);
        }

        var count = Math.Min(_readAhead.Length, to.Length);
        _readAhead.Span[..count].CopyTo(to);
        _readAhead = _readAhead[count..];
        return count;
    }
}
