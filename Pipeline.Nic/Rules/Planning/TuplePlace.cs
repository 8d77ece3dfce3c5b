
namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// The part of a tuple that counts from one base. The base is computed and the bounds are checked once for all of its fields.
/// </summary>
/// <param name="Address">The base and its steps; the offset is 0.</param>
/// <param name="End">Bytes from the base on that must have been captured.</param>
/// <param name="Fields">By offset, without overlap; none where a rule only requires that bytes are there.</param>
internal sealed record TuplePlace(FieldAddress Address, long End, IReadOnlyList<TupleField> Fields)
{
    /// <summary>Fields as rules have them, without the values, and the length that the packet must have where no field gives it.</summary>
    public override string ToString()
    {
        var start = Address.IsConstant ? "" : Address.ToString()[..^1];
        var fields = Fields.Select(f => start + f);
        var reach = Fields.Count > 0 && Fields[^1].Offset + Fields[^1].Width == End ? [] : new[] { $"{start}{End - 1}:00" };
        return string.Join(' ', [.. fields, .. reach]);
    }
}
