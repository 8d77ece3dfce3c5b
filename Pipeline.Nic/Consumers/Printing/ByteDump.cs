namespace Pipeline.Nic.Consumers.Printing;

/// <summary>A packet's bytes under its line, in tcpdump's layout.</summary>
internal static class ByteDump
{
    private const int RowBytes = 16;

    /// <summary>No row is longer: its place, 8 groups of 5, its text.</summary>
    private const int LongestRow = 100;

    /// <summary>How many bytes of text are written at once.</summary>
    private const int TextBytes = 1024;

    private static ReadOnlySpan<byte> Digits => "0123456789abcdef"u8;

    /// <exception cref="OutputException">The output can take no more.</exception>
    public static void Write(PrintBuffer to, ReadOnlySpan<byte> bytes, PrintedBytes form)
    {
        if (form == PrintedBytes.Ascii) WriteText(to, bytes);
        else for (var at = 0; at < bytes.Length; at += RowBytes) WriteRow(to, bytes[at..Math.Min(bytes.Length, at + RowBytes)], at, form);
    }

    private static void WriteRow(PrintBuffer to, ReadOnlySpan<byte> row, int at, PrintedBytes form)
    {
        var room = to.Room(LongestRow);
        var text = new LineText(room);
        text.Add("\t"u8);
        text.Hex((uint)at, 4);
        text.Add(": "u8);
        for (var i = 0; i < row.Length; i++)
        {
            if (i % 2 == 0) text.Add(" "u8);
            text.Add(Digits.Slice(row[i] >> 4, 1));
            text.Add(Digits.Slice(row[i] & 15, 1));
        }

        if (form == PrintedBytes.HexAndAscii) WriteText(ref text, row);
        text.Add("\n"u8);
        to.Advance(text.Length);
    }

    /// <summary>The text of a row, behind the place where the hex of a full row ends.</summary>
    private static void WriteText(ref LineText text, scoped ReadOnlySpan<byte> row)
    {
        const int FullRow = RowBytes / 2 * 5;
        for (var width = (row.Length * 2) + ((row.Length + 1) / 2); width < FullRow; width++) text.Add(" "u8);
        text.Add("  "u8);
        Span<byte> one = stackalloc byte[1];
        foreach (var each in row)
        {
            one[0] = IsGraphic(each) ? each : (byte)'.';
            text.Add(one);
        }
    }

    /// <summary>Lines, tabs and blanks stay; the carriage return in front of the end of a line goes.</summary>
    private static void WriteText(PrintBuffer to, ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var end = Math.Min(bytes.Length, at + TextBytes);
            var room = to.Room(TextBytes + 1);
            var used = 0;
            for (; at < end; at++)
            {
                var each = bytes[at];
                if (each == '\r' && (at + 1 == bytes.Length || bytes[at + 1] == '\n')) continue;
                room[used++] = IsGraphic(each) || each is (byte)'\t' or (byte)' ' or (byte)'\n' ? each : (byte)'.';
            }

            to.Advance(used);
        }

        to.Room(1)[0] = (byte)'\n';
        to.Advance(1);
    }

    private static bool IsGraphic(byte each) => each is > 0x20 and < 0x7f;
}
