namespace Pipeline.Nic.Compression;

/// <summary>
/// Decodes one kind of member: a gzip member, a zstd or lz4 frame, or a frame to skip. It takes the bytes as they come and never waits. One
/// decoder serves all members of its kind in a file, one after the other. For one thread.
/// </summary>
internal abstract class MemberDecoder : IDisposable
{
    /// <summary>What it decodes, for messages: "gzip member".</summary>
    public abstract string Name { get; }

    /// <summary>Where in the member the decoder is, for messages: "header".</summary>
    public abstract string Part { get; }

    /// <summary>Makes ready for the next member.</summary>
    public abstract void Start();

    /// <summary>
    /// Decodes as far as the input and the room reach. If it neither takes nor gives anything, it needs more input: it is called again with
    /// the bytes that it left, followed by further ones.
    /// </summary>
    /// <param name="input">The member from where the decoder left off; at first from its magic number on.</param>
    /// <param name="at">The next byte of the input that the decoder has not taken.</param>
    /// <param name="output">Room for decoded bytes.</param>
    /// <param name="written">Decoded bytes in it.</param>
    /// <returns>Whether the member has ended, and all of it has been given.</returns>
    /// <exception cref="BrokenDataException">
    /// The data is corrupt, or asks for too much. <see cref="Give"/> has what was decoded before.
    /// </exception>
    public abstract bool Decode(ReadOnlySpan<byte> input, ref int at, Span<byte> output, ref int written);

    /// <summary>Gives as much as fits of what has been decoded and not given yet.</summary>
    public virtual void Give(Span<byte> output, ref int written)
    {
    }

    public virtual void Dispose()
    {
    }
}
