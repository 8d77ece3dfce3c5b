namespace Pipeline.Nic.Devices;

/// <summary>A capture that is broken: where, what was found, and what was expected there.</summary>
/// <param name="source">The file's name, or "standard input".</param>
/// <param name="byteOffset">Bytes from the start of the capture to the record, block or field at fault.</param>
/// <param name="fault">What is wrong there, in a sentence without a full stop.</param>
public sealed class CaptureFormatException(string source, long byteOffset, string fault)
    : IOException($"{source}: at byte {byteOffset}: {fault}")
{
    /// <summary>
    /// Bytes from the start of the capture, from 0, to the record, block or field at fault: the offset to enter in a hex editor. Of a
    /// compressed file it is the offset in the file if that is at fault; in its contents if the source is called "FILE, decompressed".
    /// </summary>
    public long ByteOffset { get; } = byteOffset;

    /// <summary>What was found there and what was expected, without the file's name and a full stop.</summary>
    public string Fault { get; } = fault;
}
