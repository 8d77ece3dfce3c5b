using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Pipeline.TestSupport;

/// <summary>What a debugger shows of a type is text to the compiler, which does not notice when a member it names is gone.</summary>
public static partial class DebuggerDisplays
{
    private const BindingFlags Anything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    /// <summary>Types with a display, and what of it leads to nothing: empty for one that is right.</summary>
    public static IReadOnlyDictionary<string, string> Of(Assembly assembly) => assembly.GetTypes()
        .Select(t => (Type: t, Display: t.GetCustomAttribute<DebuggerDisplayAttribute>(inherit: false)?.Value))
        .Where(t => t.Display is not null && !t.Type.Name.Contains('<'))
        .ToDictionary(t => t.Type.FullName!, t => string.Join(", ", BrokenOf(t.Type, t.Display!)));

    private static IEnumerable<string> BrokenOf(Type type, string display) =>
        Paths().Matches(display).Select(m => m.Groups[1].Value).Where(path => !Leads(type, path));

    private static bool Leads(Type type, string path)
    {
        Type? at = type;
        foreach (var name in path.Split('.')) at = at is null ? null : MemberOf(at, name);
        return at is not null;
    }

    private static Type? MemberOf(Type type, string name)
    {
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.GetProperty(name, Anything) is { } property) return property.PropertyType;
            if (at.GetField(name, Anything) is { } field) return field.FieldType;
        }

        return type.GetInterfaces().Select(i => i.GetProperty(name, Anything)?.PropertyType).FirstOrDefault(t => t is not null);
    }

    [GeneratedRegex(@"\{([\w.]+)\}")]
    private static partial Regex Paths();
}
