using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Layers;

/// <summary>
/// Environment variables as a layer: <c>PIPELINE__BUNDLE__PACKETS=32</c> sets <c>pipeline.bundle.packets</c>. Case does not matter.
/// <c>_</c> also stands for <c>-</c>, which a shell does not allow in a variable's name.
/// </summary>
internal static class EnvironmentLayer
{
    private const string Separator = "__";
    private const string Prefix = "PIPELINE" + Separator;

    /// <summary>Lays the variables over a tree.</summary>
    public static HoconObject Over(HoconObject tree, IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        // Sorted by name, so that PIPELINE__BUNDLE comes before PIPELINE__BUNDLE__PACKETS and two runs never differ.
        var ours = environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(v => v.Key, StringComparer.Ordinal);
        foreach (var (name, value) in ours)
        {
            var source = new SourceText("environment variable " + name, value);
            if (Parse(source, findings) is { } node && Path(name, tree, source, findings) is { } path)
                tree = tree.MergedWith(Nested(path, node));
        }

        return tree;
    }

    /// <summary>Parses text that begins like an object, a list or a quoted string. All other text is the value itself.</summary>
    private static HoconNode? Parse(SourceText source, Findings findings)
    {
        var text = source.Text.Trim();
        return text.StartsWith('{') || text.StartsWith('[') || text.StartsWith('"')
            ? HoconReader.ReadValue(source, findings)
            : new HoconValue(source, new TextSpan(0, source.Text.Length), text, quoted: false);
    }

    /// <summary>The keys that a variable's name stands for: spelled as in the layers below, else in lower case with <c>-</c>.</summary>
    private static List<string>? Path(string name, HoconObject tree, SourceText source, Findings findings)
    {
        var parts = name.Split(Separator);
        var path = new List<string>();
        HoconNode? at = tree;
        foreach (var part in parts)
        {
            if (part.Length == 0 || parts.Length > HoconReader.DeepestNesting || at is HoconList)
            {
                var expected = at is HoconList
                    ? $"`{Quoted.Short(string.Join('.', path))}` is a list, and set as a whole"
                    : "expected PIPELINE__SECTION__KEY";
                findings.Error(source, new TextSpan(0, source.Text.Length), $"the name of this variable leads nowhere: {expected}");
                return null;
            }

            var key = Spelled(part, at as HoconObject);
            path.Add(key);
            at = at is HoconObject parent && parent.TryGet(key, out var field) ? field.Value : null;
        }

        return path;
    }

    private static string Spelled(string part, HoconObject? siblings)
    {
        var plain = part.ToLowerInvariant().Replace('_', '-');
        if (siblings is null || siblings.TryGet(plain, out _)) return plain;
        return siblings.Fields.FirstOrDefault(f => f.Key.ToLowerInvariant().Replace('_', '-') == plain)?.Key ?? plain;
    }

    private static HoconObject Nested(List<string> path, HoconNode value)
    {
        var whole = new TextSpan(0, value.Source.Text.Length);
        for (var i = path.Count - 1; i >= 0; i--)
        {
            var parent = new HoconObject(value.Source, whole);
            parent.Put(new HoconField(path[i], value.Source, whole, value));
            value = parent;
        }

        return (HoconObject)value;
    }
}
