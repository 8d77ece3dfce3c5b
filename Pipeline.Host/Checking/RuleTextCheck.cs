using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Checking;

/// <summary>Finds all that is wrong with a rule text.</summary>
internal static class RuleTextCheck
{
    public static IReadOnlyList<Diagnostic> Of(SourceText text, Parts parts)
    {
        var (rules, diagnostics) = parts.ReadRules(text);
        if (rules is null) return diagnostics;

        // Nobody knows the source yet; what Ethernet cannot have is wrong nearly always.
        var table = MarkTable.Compile(rules);
        var warnings = table.Prepare(LinkType.Ethernet);
        var errors = table.RejectedEverywhere();
        return [.. diagnostics, .. errors.Count > 0 ? errors : warnings];
    }
}
