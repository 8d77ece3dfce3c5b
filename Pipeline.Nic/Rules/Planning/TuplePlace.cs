
namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// The part of a tuple that counts from one base: it is computed, and its bounds are checked, once for all of its fields.
/// </summary>
/// <param name="Address">The base and its steps; the offset is 0.</param>
/// <param name="End">Bytes from the base on that must have been captured.</param>
/// <param name="Fields">By offset, without overlap; none where a rule only asks that bytes are there.</param>
internal sealed record TuplePlace(FieldAddress Address, long End, IReadOnlyList<TupleField> Fields)
{
    /// <summary>Fields as rules have them, without the values, and how long the packet must be where no field says it.</summary>
    public override string ToString()
    {
        var start = Address.IsConstant ? "" : Address.ToString()[..^1];
        var fields = Fields.Select(f => start + f);
        var reach = Fields.Count > 0 && Fields[^1].Offset + Fields[^1].Width == End ? [] : new[] { $"{start}{End - 1}:00" };
        return string.Join(' ', [.. fields, .. reach]);
    }
}
