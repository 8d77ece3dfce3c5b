using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Hosting;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Checking;

/// <summary>Compares new rules with old ones: rule by rule, and packet by packet where there is a capture.</summary>
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
        var delta = RuleSetDelta.Between(before, after);
        if (capture is not null) return Judge(before, after, delta, options, capture);
        _found.AddRange(Check.Of(after, options.Routes));
        return new Comparison(_found, delta);
    }

    private Comparison Judge(RuleSet before, RuleSet after, RuleSetDelta delta, PipelineOptions options, string capture)
    {
        var comparison = new RuleComparison(before, after, options.Routes, guards: KeepOutPorts.Of(options) is { } ports ? KeepOutGuards.All(ports) : null);
        using var nic = parts.OpenSource(new SourceOptions { File = capture });
        CaptureFormatException? broken = null;
        try
        {
            BundleWalk.Through(nic, bundle =>
            {
                comparison.Add(bundle);
                return true;
            });
        }
        catch (CaptureFormatException error)
        {
            broken = error;
        }

        _found.AddRange([.. comparison.Rejections, .. RouteWarnings.Of(after, options.Routes)]);
        return new Comparison(_found, delta, nic.Name, comparison.Result(), broken);
    }

    private PipelineOptions Options(string? file)
    {
        var reading = parts.ReadConfiguration(file, terminal.Environment);
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
