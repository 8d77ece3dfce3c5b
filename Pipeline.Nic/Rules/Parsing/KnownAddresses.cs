namespace Pipeline.Nic.Rules.Parsing;

/// <summary>
/// The addresses that the rules of a text have had so far. Tens of thousands of rules read at the same few places, and share them in
/// memory. For one thread.
/// </summary>
internal sealed class KnownAddresses
{
    /// <summary>Bounds what a text with a new address in every term costs beyond its terms.</summary>
    private const int Most = 256;

    private readonly Dictionary<(FieldBase Base, int Offset), FieldAddress> _known = [];

    /// <summary>The same term, with an address that is shared if it has no steps.</summary>
    public Term Share(Term term)
    {
        var address = term.Address;
        if (address.Steps.Count > 0) return term;
        if (_known.TryGetValue((address.Base, address.Offset), out var known)) return term with { Address = known };
        if (_known.Count < Most) _known.Add((address.Base, address.Offset), address);
        return term;
    }
}
