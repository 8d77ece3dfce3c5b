using System.Globalization;
using System.Text;

namespace Pipeline.Nic.Rules;

/// <summary>
/// One comparison: the big-endian value read at the address, and-ed with the mask, equals the value. It does not match where its base is
/// absent or any byte it reads lies beyond the captured ones. So a mask of 0 asks whether the bytes are there.
/// </summary>
/// <param name="Address">The place it reads.</param>
/// <param name="Width">Bytes read: 1, 2, 4, 6 (a MAC address) or 8.</param>
/// <param name="Mask">The bits that are compared.</param>
/// <param name="Value">The value they must have. With a bit outside the mask it never matches.</param>
public sealed record Term(FieldAddress Address, int Width, ulong Mask, ulong Value)
{
    /// <summary>Whether there is a packet it could match.</summary>
    public bool CanMatch => (Value & ~Mask) == 0;

    /// <summary>The text of it in a rule.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    internal void AppendTo(StringBuilder text)
    {
        if (Address.IsConstant) text.Append(CultureInfo.InvariantCulture, $"{Address.Offset}");
        else text.Append(Address);
        AppendHex(Mask, text.Append(':'));
        AppendHex(Value, text.Append(':'));
    }

    private void AppendHex(ulong number, StringBuilder text)
    {
        Span<char> digits = stackalloc char[2 * sizeof(ulong)];
        number.TryFormat(digits, out var length, "x16", CultureInfo.InvariantCulture);
        text.Append(digits[..length].Slice(length - Digits(number), Digits(number)));
    }

    /// <summary>As many as the width has; more where a value has bits outside of it.</summary>
    private int Digits(ulong number) => Math.Max(2 * Width, (67 - (int)ulong.LeadingZeroCount(number)) / 4);
}
