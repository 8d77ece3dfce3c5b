namespace Pipeline.Nic.Compression;

/// <summary>Compressed data that cannot be decoded any further.</summary>
/// <param name="fault">What is wrong there and what was expected, in a sentence without a full stop.</param>
internal sealed class BrokenDataException(string fault) : Exception(fault);
