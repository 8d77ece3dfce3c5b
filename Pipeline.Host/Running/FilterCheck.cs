using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Running;

/// <summary>Filters against the link types of a source that is open, as far as it has told them.</summary>
internal static class FilterCheck
{
    /// <param name="found">Warnings are added here.</param>
    /// <exception cref="InvalidInputException">A filter that libpcap rejects for every link type, with its words.</exception>
    public static void Of(INic nic, RuleSet rules, PacketFilter? expression, List<Diagnostic> found)
    {
        var linkTypes = nic.Interfaces.Select(i => i.LinkType).Distinct().ToList();
        if (linkTypes.Count == 0) return;

        // Terms fit every link type. They are left out, so that a large rule set is not compiled for this alone.
        var table = MarkTable.Compile(rules with { Rules = [.. rules.Rules.OfType<FilterRule>()] });
        foreach (var linkType in linkTypes) found.AddRange(table.Prepare(linkType));
        if (table.RejectedEverywhere() is { Count: > 0 } errors) throw new InvalidInputException("nothing was run", errors);
        if (expression is not null) Check(expression, linkTypes);
    }

    private static void Check(PacketFilter expression, List<LinkType> linkTypes)
    {
        var rejections = linkTypes.Select(expression.Prepare).ToList();
        if (rejections.TrueForAll(r => r is not null)) throw new InvalidInputException($"expression '{expression.Expression}': {rejections[0]}", []);
    }
}
