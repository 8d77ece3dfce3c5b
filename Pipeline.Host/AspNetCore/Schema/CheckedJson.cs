using Pipeline.Actors.Configuration;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Schema;

/// <summary>A file that was checked, and what is in it.</summary>
/// <param name="File">Absent for the configuration that <c>run</c> uses without a file.</param>
/// <param name="Kind"><c>rules</c> or <c>configuration</c>.</param>
/// <param name="Rules">The rules without an error in their text; absent for a configuration.</param>
/// <param name="Filters">Those of them that are filters.</param>
/// <param name="Routes">Absent for rules, and if the configuration could not be read.</param>
/// <param name="Consumers">Likewise.</param>
internal sealed record CheckedJson(string? File, string Kind, int? Rules, int? Filters, int? Routes, int? Consumers)
{
    public static CheckedJson OfRules(string file, RuleSet rules) => new(file, "rules", rules.Rules.Count, rules.Rules.Count(r => r is FilterRule), null, null);

    /// <param name="options">What could be read; null for nothing.</param>
    public static CheckedJson OfConfiguration(string? file, PipelineOptions? options) => new(file, "configuration", null, null, options?.Routes.Count, options?.Consumers.Count);
}
