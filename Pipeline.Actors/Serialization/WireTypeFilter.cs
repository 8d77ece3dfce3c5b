using Hyperion;

namespace Pipeline.Actors.Serialization;

/// <summary>
/// Which types the library may write and read by name. It asks with the full name of a type and its assembly when it writes, and with a
/// short one when it reads, so the filter knows both.
/// </summary>
internal sealed class WireTypeFilter : ITypeFilter
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The types of the list, and arrays of them.</summary>
    public WireTypeFilter(WireTypes types)
    {
        foreach (var type in types.List.SelectMany(t => new[] { t.Type, t.Type.MakeArrayType() }))
        {
            _names.Add(type.AssemblyQualifiedName!);
            _names.Add(WireShapes.NameOf(type));
        }
    }

    public bool IsAllowed(string typeName) => _names.Contains(typeName);
}
