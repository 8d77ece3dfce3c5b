namespace Pipeline.Nic.Rules;

/// <summary>
/// Defines the meaning of a term as plainly as possible. It is the specification that compiled rules are tested against. Positions are
/// <see cref="Int128"/>, so no offset or shift, however absurd, can wrap around into the packet.
/// </summary>
internal static class TermInterpreter
{
    public static bool Matches(Term term, in LocatedPacket packet) =>
        TryRead(term, packet, out _, out var read) && (read & term.Mask) == term.Value;

    public static bool AllMatch(IReadOnlyList<Term> terms, in LocatedPacket packet)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            if (!Matches(terms[i], packet)) return false;
        }

        return true;
    }

    /// <summary>Reads a term's bytes.</summary>
    /// <param name="position">The place of the bytes, if they are there.</param>
    /// <returns>False when its base is absent or a byte lies beyond the captured ones.</returns>
    public static bool TryRead(Term term, in LocatedPacket packet, out int position, out ulong read)
    {
        read = 0;
        position = -1;
        var at = (Int128)packet.Of(term.Address.Base);
        if (at < 0) return false;
        foreach (var step in term.Address.Steps)
        {
            if (!TryReadAt(packet.Bytes, at + step.Offset, step.Width, out var value)) return false;
            at += Shifted(value & step.Mask, step.Shift);
        }

        at += term.Address.Offset;
        if (!TryReadAt(packet.Bytes, at, term.Width, out read)) return false;
        position = (int)at;
        return true;
    }

    private static Int128 Shifted(ulong value, int shift)
    {
        if (shift <= 0) return value >> -shift;
        return value > (ulong)long.MaxValue >> shift ? long.MaxValue : value << shift;
    }

    private static bool TryReadAt(ReadOnlySpan<byte> bytes, Int128 at, int width, out ulong value)
    {
        value = 0;
        if (at + width > bytes.Length) return false;
        foreach (var b in bytes.Slice((int)at, width)) value = (value << 8) | b;
        return true;
    }
}
