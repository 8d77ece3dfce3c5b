
namespace Pipeline.Nic.Rules.Planning;

/// <summary>A key, and the rules that compare with it.</summary>
internal sealed class TupleEntry(TupleKey key)
{
    public TupleKey Key { get; } = key;

    /// <summary>0-based places, ascending.</summary>
    public List<int> Rules { get; } = [];
}
