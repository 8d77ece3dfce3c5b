using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Checking;

/// <summary>Reads the rules that a node has in force, to compare others with them.</summary>
internal static class InForceRules
{
    /// <exception cref="NodeException">This version cannot read them.</exception>
    public static RuleSet Of(RulesJson inForce, Parts parts)
    {
        var (rules, found) = parts.ReadRules(new SourceText($"generation {inForce.Generation}", inForce.Text));
        return rules is null
            ? throw new NodeException($"this version cannot read the rules in force: {found.First(d => d.Severity == Severity.Error).Message}", ExitCodes.RuntimeFailure)
            : rules with { Generation = inForce.Generation };
    }
}
