namespace Pipeline.Nic.Compression;

/// <summary>A compressed file that is broken, or that cannot be decompressed here.</summary>
/// <param name="offset">Bytes from the start of the file to where it is found, as far as they are known.</param>
/// <param name="fault">What is wrong there and what was expected, in a sentence without a full stop.</param>
internal sealed class CompressedDataException(long offset, string fault) : Exception(fault)
{
    public long Offset { get; } = offset;
}
