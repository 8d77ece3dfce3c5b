using System.Text;

namespace Pipeline.Nic.Rules;

/// <summary>The place that an address counts from.</summary>
public enum FieldBase
{
    /// <summary>The first byte of the packet.</summary>
    L2,

    /// <summary>The network header, where the link type has a known one.</summary>
    L3,

    /// <summary>The header that IPv4 or IPv6 carries, unless this is a later fragment.</summary>
    L4,

    /// <summary>
    /// The byte that names the protocol of the header at <see cref="L4"/>: in the IPv4 header, in the IPv6 header, or in the last of the
    /// extension headers between. It is there where <see cref="L4"/> is. Only guards use it.
    /// </summary>
    Protocol,

    /// <summary>
    /// In a fragment other than the first, the byte that names the protocol of the datagram: in the IPv4 header or in the fragment header
    /// of IPv6. Absent in all other packets. Only guards use it.
    /// </summary>
    Later,
}

/// <summary>Moves the base by a value read from the packet, such as the length of a variable header.</summary>
/// <param name="Offset">Bytes from the base to the value.</param>
/// <param name="Width">Bytes read, big-endian: 1, 2, 4, 6 or 8.</param>
/// <param name="Mask">The bits of the value that count.</param>
/// <param name="Shift">Bits the masked value is shifted by: to the left, or to the right where negative.</param>
public sealed record AddressStep(int Offset, int Width, ulong Mask, int Shift)
{
    /// <summary>The text of it in a rule.</summary>
    public override string ToString()
    {
        var shift = Shift switch { > 0 => $"<<{Shift}", < 0 => $">>{-Shift}", _ => "" };
        return $"[{Offset}:{Mask.ToString("x" + (2 * Width))}{shift}]";
    }
}

/// <summary>Where a term reads: a base, moved by any number of steps, and an offset from there.</summary>
/// <param name="Base">The place that it counts from.</param>
/// <param name="Steps">Applied in order.</param>
/// <param name="Offset">Bytes from the moved base.</param>
public sealed record FieldAddress(FieldBase Base, IReadOnlyList<AddressStep> Steps, int Offset)
{
    /// <summary>Whether it is the same place in every packet.</summary>
    public bool IsConstant => Base == FieldBase.L2 && Steps.Count == 0;

    /// <summary>The text of it in a rule.</summary>
    public override string ToString()
    {
        if (IsConstant) return Offset.ToString();
        var text = new StringBuilder(Base == FieldBase.L2 ? "" : BaseName);
        foreach (var step in Steps) text.Append(step);
        return text.Append('+').Append(Offset).ToString();
    }

    internal string BaseName => Base switch
    {
        FieldBase.L3 => "l3", FieldBase.L4 => "l4", FieldBase.Protocol => "proto", FieldBase.Later => "later", _ => "l2",
    };
}
