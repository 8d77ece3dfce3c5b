namespace Pipeline.Nic.Compression;

/// <summary>
/// The bytes decoded last: those that have not been given away yet, and in front of them the ones that later data may repeat. For one
/// thread.
/// </summary>
/// <param name="reach">How far back later data may point, in bytes.</param>
/// <param name="room">Room for decoded bytes beside those.</param>
internal sealed class DecodedBytes(int reach, int room)
{
    private int _given;

    /// <summary>The decoder writes here, from <see cref="End"/> on.</summary>
    public byte[] Memory { get; } = new byte[reach + room];

    /// <summary>One past the last decoded byte. It is also how far back there is something to repeat.</summary>
    public int End { get; set; }

    /// <summary>Decoded bytes that nobody has been given yet.</summary>
    public int Pending => End - _given;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _given = End = 0;

    /// <summary>Gives away as much as fits.</summary>
    /// <returns>The bytes given.</returns>
    public ReadOnlySpan<byte> Give(Span<byte> to, ref int written)
    {
        var count = Math.Min(Pending, to.Length - written);
        var bytes = Memory.AsSpan(_given, count);
        bytes.CopyTo(to[written..]);
        written += count;
        _given += count;
        return bytes;
    }

    /// <summary>Makes room for that many bytes if there is none. Everything decoded must have been given away.</summary>
    public void MakeRoom(int bytes)
    {
        if (Memory.Length - End >= bytes || End <= reach) return;
        Memory.AsSpan(End - reach, reach).CopyTo(Memory);
        _given = End = reach;
    }
}
