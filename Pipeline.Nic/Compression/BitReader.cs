namespace Pipeline.Nic.Compression;

/// <summary>
/// Bits of a byte stream, the lowest bit of each byte first (RFC 1951, section 3.1.1). It is copied to remember a place to go back to.
/// </summary>
/// <param name="input">The bytes there are.</param>
/// <param name="at">The next one to read.</param>
/// <param name="bits">Bits of earlier bytes, fewer than 8.</param>
/// <param name="count">How many those are.</param>
internal ref struct BitReader(ReadOnlySpan<byte> input, int at, ulong bits, int count)
{
    public readonly ReadOnlySpan<byte> Input { get; } = input;

    /// <summary>The next byte that has not been read.</summary>
    public int At { get; set; } = at;

    /// <summary>Bits that have been read and not taken; those above <see cref="Count"/> are 0.</summary>
    public ulong Bits { get; set; } = bits;

    public int Count { get; set; } = count;

    /// <summary>Whether there are that many bits.</summary>
    /// <param name="count">At most 56.</param>
    public bool Has(int count)
    {
        while (Count < count)
        {
            if (At == Input.Length) return false;
            Bits |= (ulong)Input[At++] << Count;
            Count += 8;
        }

        return true;
    }

    /// <summary>Takes bits that are there.</summary>
    public int Take(int count)
    {
        var taken = (int)(Bits & ((1UL << count) - 1));
        Bits >>= count;
        Count -= count;
        return taken;
    }

    /// <summary>Takes the rest of a byte of which some bits have been taken.</summary>
    public void AlignToByte() => Take(Count & 7);

    /// <summary>Puts whole bytes back, so that fewer than 8 bits are left.</summary>
    public void ReturnBytes()
    {
        At -= Count >> 3;
        Count &= 7;
        Bits &= (1UL << Count) - 1;
    }
}
