using Pipeline.Nic.Compression;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>An open output that whole blocks are written to, compressed if its name asks for it. For one thread at a time.</summary>
/// <param name="file">Closed with this.</param>
internal sealed class BlockFile(OutputFile file)
{
    private readonly PieceCompressor? _compressor = PieceCompressor.For(file.Name, canCut: file.Identity is not null);
    private byte[] _tail = [];
    private bool _hasFailed;

    /// <summary>Writes blocks. What is written at once is compressed at once, and the file is whole after it.</summary>
    /// <returns>
    /// How many bytes of the blocks are in the file, and how many bytes it grew by. If they are not all there, the error says why. Of
    /// compressed blocks all are there or none.
    /// </returns>
    public (int Taken, int Stored, Errno Error) Write(ReadOnlySpan<byte> blocks)
    {
        if (_compressor is not null) return WriteCompressed(_compressor, blocks);
        var taken = file.Write(blocks, out var error);
        return (taken, taken, error);
    }

    /// <summary>Removes the last bytes written. Only a regular file allows it.</summary>
    /// <param name="bytes">Bytes of the last <see cref="Write"/> that were taken; 0 if they were compressed.</param>
    /// <returns>Whether more can be written.</returns>
    public bool CutBack(long bytes) => !_hasFailed && file.CutBack(bytes);

    /// <inheritdoc cref="OutputFile.Close"/>
    public void Close()
    {
        _compressor?.Dispose();
        file.Close();
    }

    public OutputException Failure(Errno error) => file.Failure(error);

    private (int Taken, int Stored, Errno Error) WriteCompressed(PieceCompressor compressor, ReadOnlySpan<byte> blocks)
    {
        var piece = compressor.Compress(blocks);
        if (!file.CutBack(_tail.Length))
        {
            _hasFailed = true;
            return (0, 0, Errno.EIO);
        }

        var stored = file.Write(piece, out var error);
        if (error == Errno.None) stored += file.Write(compressor.Tail, out error);
        if (error != Errno.None)
        {
            // What comes next might refer to this piece, so nothing can come next.
            _hasFailed = true;
            if (file.CutBack(stored)) file.Write(_tail, out _);
            return (0, 0, error);
        }

        var grown = stored - _tail.Length;
        if (compressor.Tail.Length != _tail.Length) _tail = new byte[compressor.Tail.Length];
        compressor.Tail.CopyTo(_tail);
        return (blocks.Length, grown, error);
    }
}
