namespace Pipeline.Nic.Compression;

/// <summary>Bytes that are to be repeated.</summary>
/// <param name="Length">How many; 0 for the end of a block.</param>
/// <param name="Distance">How far back they begin. If that is less than the length, they repeat themselves.</param>
internal readonly record struct Match(int Length, int Distance);
