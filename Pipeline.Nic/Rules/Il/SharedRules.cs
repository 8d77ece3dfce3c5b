using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// A rule set compiled for every link layer but Ethernet's, whatever its filters are: the code calls them by their rules' indexes.
/// </summary>
/// <param name="rest">Tries the rules after the compiled ones.</param>
internal sealed class SharedRules(
    GuardConditions conditions, IReadOnlyList<SharedRange> ranges, Func<FilterSet, IEnumerable<RuleLoop>> rest)
{
    private readonly IReadOnlyList<CompiledRange> _compiled = [.. ranges.Select(r => r.Compiled)];

    /// <summary>The same code, bound to other filters.</summary>
    public MarkProgram For(LinkLayer link, FilterSet filters, InterpretedRules interpreter) =>
        new(link, filters, conditions, interpreter, _compiled, [.. ranges.Select(r => r.For(filters)), .. rest(filters)]);
}
