namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// When a capture goes on in a new file, as with dumpcap's <c>-b</c>; whichever limit is met first. Files are named
/// <c>BASE_00001_YYYYMMDDHHMMSS.EXT</c> by number and local time of creation, and each is a whole capture.
/// </summary>
public sealed record CaptureRotation
{
    /// <summary>
    /// A file that has reached so many bytes gets no further packet; null for no limit. What every file carries of its source, such as
    /// secrets, is not counted: else a file of little more would be made for each packet. dumpcap's KB are 1000 bytes.
    /// </summary>
    public long? FileBytes { get; init; }

    /// <summary>Files kept, the oldest being deleted; null keeps all.</summary>
    public int? Files { get; init; }

    /// <summary>A packet this much later than a file's first goes into the next, by the packets' own clock; null for no limit.</summary>
    public TimeSpan? Duration { get; init; }

    /// <exception cref="ArgumentException">A limit is out of range, or files are to be kept but nothing says when one ends.</exception>
    internal void Check()
    {
        if (FileBytes <= 0) throw new ArgumentException($"A file cannot be limited to {FileBytes} bytes; expected 1 or more.");
        if (Files <= 0) throw new ArgumentException($"{Files} files cannot be kept; expected 1 or more.");
        if (Duration <= TimeSpan.Zero) throw new ArgumentException($"A file cannot last {Duration}; expected a positive time.");
        if (Files is not null && FileBytes is null && Duration is null)
            throw new ArgumentException("A number of files to keep needs a size or a duration that ends a file.");
    }
}
