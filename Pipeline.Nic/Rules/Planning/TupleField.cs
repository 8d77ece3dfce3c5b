
namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// One load of a tuple: bytes from a place that is the same for all of its rules, and the bits of them that are compared.
/// </summary>
/// <param name="Offset">Bytes from the place's base.</param>
/// <param name="Width">Bytes loaded: 1, 2, 4 or 8.</param>
/// <param name="Mask">Big-endian, as in a rule.</param>
internal sealed record TupleField(long Offset, int Width, ulong Mask)
{
    public override string ToString() => $"{Offset}:{Mask.ToString("x" + (2 * Width))}";
}
