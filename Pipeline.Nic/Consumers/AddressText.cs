using System.Buffers.Text;

namespace Pipeline.Nic.Consumers;

/// <summary>IP addresses as text in UTF-8, without making objects of them.</summary>
internal static class AddressText
{
    private const int Groups = 8;

    /// <returns>Bytes written, at most 15.</returns>
    public static int V4(Span<byte> text, uint address)
    {
        var at = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            if (shift < 24) text[at++] = (byte)'.';
            Utf8Formatter.TryFormat((byte)(address >> shift), text[at..], out var written);
            at += written;
        }

        return at;
    }

    /// <summary>
    /// RFC 5952: lower case, no leading zeros, the first of the longest runs of at least two zero groups as <c>::</c>. Section 5's form
    /// with a dotted quad is for well-known prefixes, of which IPv4-mapped addresses (RFC 4291 section 2.5.5.2) are one.
    /// </summary>
    /// <returns>Bytes written, at most 39.</returns>
    public static int V6(Span<byte> text, UInt128 address)
    {
        if (address >> 32 == 0xffff)
        {
            "::ffff:"u8.CopyTo(text);
            return 7 + V4(text[7..], (uint)address);
        }

        var (from, to) = LongestZeros(address);
        var at = 0;
        for (var i = 0; i < Groups; i++)
        {
            if (i == from)
            {
                "::"u8.CopyTo(text[at..]);
                at += 2;
                i = to - 1;
                continue;
            }

            if (i > 0 && i != to) text[at++] = (byte)':';
            Utf8Formatter.TryFormat(Group(address, i), text[at..], out var written, 'x');
            at += written;
        }

        return at;
    }

    private static ushort Group(UInt128 address, int i) => (ushort)(address >> ((Groups - 1 - i) * 16));

    /// <returns>The first group of the run and the one after it; (-1, -1) when there is none.</returns>
    private static (int From, int To) LongestZeros(UInt128 address)
    {
        var (from, to) = (-1, -1);
        for (var i = 0; i < Groups; i++)
        {
            var end = i;
            while (end < Groups && Group(address, end) == 0) end++;
            if (end - i >= 2 && end - i > to - from) (from, to) = (i, end);
            i = Math.Max(i, end);
        }

        return (from, to);
    }
}
