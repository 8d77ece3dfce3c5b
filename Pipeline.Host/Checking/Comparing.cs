using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Setup;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Checking;

/// <summary>Compares new rules with old ones: rule by rule, and packet by packet if there is a capture.</summary>
internal sealed class Comparing(Terminal terminal, Parts parts)
{
    private readonly List<Diagnostic> _found = [];

    /// <param name="file">The new rules, or a configuration that names them and has the routes.</param>
    /// <param name="against">The old rules; null for those of the configuration.</param>
    /// <param name="configuration">A configuration with routes and rules; null for the one that <c>run</c> would use.</param>
    /// <param name="capture">The packets to try them on; null for none.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidInputException">The configuration has errors.</exception>
    public Comparison Of(string file, string? against, string? configuration, string? capture)
    {
        var text = TextFile.Read(file);
        var isRules = TextKind.IsRules(text);
        if (!isRules && configuration is not null) throw new UsageException($"--config: {file} is a configuration itself");
        var options = Options(isRules ? configuration : file);
        if (!isRules && against is null) throw new UsageException("--against: give the old rules; those of the configuration are the new ones");

        var after = isRules ? Rules(text) : NamedRules(options);
        var before = against is not null ? Rules(TextFile.Read(against)) : NamedRules(options);
        if (after is null || before is null) return new Comparison(_found, null);
        if (capture is not null) return new PacketTrial(parts).Of(before, after, Guards(options), options.Routes, capture, [.. _found, .. RouteWarnings.Of(after, options.Routes), .. EmptyRules.Warnings(after)]);
        return new Comparison([.. _found, .. Check.Of(after, options.Routes)], RuleSetDelta.Between(before, after));
    }

    private static IReadOnlyList<Guard>? Guards(PipelineOptions options) => KeepOutPorts.Of(options) is { } ports ? KeepOutGuards.All(ports) : null;

    private PipelineOptions Options(string? file)
    {
        var reading = parts.ReadConfiguration(file is null ? [] : [file], terminal.Environment);
        _found.AddRange(reading.Diagnostics);
        return reading.Options ?? throw new InvalidInputException("cannot be compared", _found);
    }

    private RuleSet? NamedRules(PipelineOptions options) => options.Rules is null ? RuleSet.Empty : Rules(TextFile.Read(options.Rules));

    private RuleSet? Rules(SourceText text)
    {
        var (rules, diagnostics) = parts.ReadRules(text);
        _found.AddRange(diagnostics);
        return rules;
    }
}
