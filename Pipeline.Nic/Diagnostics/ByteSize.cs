namespace Pipeline.Nic.Diagnostics;

/// <summary>Sizes in bytes, in words.</summary>
public static class ByteSize
{
    /// <summary>The size in the largest unit that gives a whole number: <c>512 KiB</c>, <c>1000 bytes</c>.</summary>
    public static string Text(long bytes)
    {
        (string, long)[] units = [("PiB", 1L << 50), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        foreach (var (unit, factor) in units)
        {
            if (bytes >= factor && bytes % factor == 0) return $"{bytes / factor} {unit}";
        }

        return bytes == 1 ? "1 byte" : $"{bytes} bytes";
    }
}
