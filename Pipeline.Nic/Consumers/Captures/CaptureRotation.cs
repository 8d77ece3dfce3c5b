namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// When a capture continues in a new file, as with dumpcap's <c>-b</c>. The limit that is met first counts. Files are named
/// <c>BASE_00001_YYYYMMDDHHMMSS.EXT</c> by number and local time of creation, and each is a whole capture.
/// </summary>
public sealed record CaptureRotation
{
    /// <summary>
    /// A file that has reached this many bytes gets no further packet; null for no limit. The source's metadata in every file, such as
    /// secrets, is not counted: otherwise it alone could reach the limit, and each packet would get a file. Of a compressed file the
    /// compressed bytes count, and it can exceed the limit by those of 32 KiB. dumpcap's KB are 1000 bytes.
    /// </summary>
    public long? FileBytes { get; init; }

    /// <summary>Files kept, the oldest being deleted; null keeps all.</summary>
    public int? Files { get; init; }

    /// <summary>
    /// A packet this much later than a file's first packet goes into the next file. The times are the packets' own. Null for no limit.
    /// </summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>A file that has this many packets gets no further one; null for no limit.</summary>
    public long? Packets { get; init; }

    /// <summary>
    /// After this many files the capture is complete, and the next packet is met with an <see cref="OutputException"/> that says so
    /// (<see cref="OutputException.IsComplete"/>). Null goes on without an end.
    /// </summary>
    public int? LastFile { get; init; }

    /// <exception cref="ArgumentException">
    /// A limit is out of range, or a number of files is given without a limit that ends a file.
    /// </exception>
    internal void Check()
    {
        if (FileBytes <= 0) throw new ArgumentException($"A file cannot be limited to {FileBytes} bytes; expected 1 or more.");
        if (Files <= 0) throw new ArgumentException($"{Files} files cannot be kept; expected 1 or more.");
        if (Duration <= TimeSpan.Zero) throw new ArgumentException($"A file cannot last {Duration}; expected a positive time.");
        if (Packets <= 0) throw new ArgumentException($"A file cannot be limited to {Packets} packets; expected 1 or more.");
        if (LastFile <= 0) throw new ArgumentException($"A capture cannot end after {LastFile} files; expected 1 or more.");
        if ((Files ?? LastFile) is not null && FileBytes is null && Duration is null && Packets is null)
            throw new ArgumentException("A number of files needs a size, a duration or a number of packets that ends a file.");
    }
}
