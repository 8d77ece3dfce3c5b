namespace Pipeline.Nic.Rules.Explaining;

/// <summary>Says in words what a term compares.</summary>
internal static class TermInWords
{
    public static string Of(Term term)
    {
        if (!term.CanMatch) return $"never: the value has bits 0x{term.Value & ~term.Mask:x} outside the mask";
        if (term.Mask == 0) return $"{Bytes(term.Width)} at {Where(term.Address)} {(term.Width == 1 ? "is" : "are")} there";
        var place = FieldPlace.Of(term.Address);
        if (HeaderField.Of(term, place) is not { } field) return Plain(term, place);
        var assumed = place.IsAssumed ? ", behind an untagged Ethernet header" : "";
        return $"{field.Name} {FieldValue.Of(field.Format, term.Mask, term.Value)}{assumed}";
    }

    private static string Plain(Term term, FieldPlace place)
    {
        var digits = "x" + (2 * term.Width);
        var all = term.Mask == ulong.MaxValue >> (64 - (8 * term.Width));
        var masked = all ? "" : $", masked with 0x{term.Mask.ToString(digits)},";
        var payload = place.Header == HeaderPlace.TcpPayload ? $" (TCP payload, byte {place.Offset})" : "";
        var verb = term.Width == 1 ? "is" : "are";
        return $"{Bytes(term.Width)} at {Where(term.Address)}{payload}{masked} {verb} 0x{term.Value.ToString(digits)}";
    }

    private static string Bytes(int count) => count == 1 ? "the byte" : $"the {count} bytes";

    /// <summary>The address as a sum, such as <c>16 + (byte at 14 &amp; 0x0f) * 4</c> reads.</summary>
    private static string Where(FieldAddress address)
    {
        if (address.IsConstant) return address.Offset.ToString();
        var text = address.Base switch
        {
            FieldBase.L3 => "the network header",
            FieldBase.L4 => "the header behind IP",
            FieldBase.Protocol => "the protocol's number",
            FieldBase.Later => "a later fragment's protocol number",
            _ => "the start",
        };
        foreach (var step in address.Steps) text += $", moved by {Step(step)}";
        return $"{text}, + {address.Offset}";
    }

    private static string Step(AddressStep step)
    {
        var value = $"({Bytes(step.Width)} {step.Offset} behind & 0x{step.Mask.ToString("x" + (2 * step.Width))})";
        return step.Shift switch { > 0 => $"{value} << {step.Shift}", < 0 => $"{value} >> {-step.Shift}", _ => value };
    }
}
