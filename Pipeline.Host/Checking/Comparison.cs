using Pipeline.Actors.Generations;
using Pipeline.Host.Schema;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Checking;

/// <summary>What new rules would change.</summary>
/// <param name="Found">All that is wrong, or looks wrong, with both sets.</param>
/// <param name="Delta">Which rules differ; null where one of the sets has errors.</param>
/// <param name="Capture">The capture that both sets judged; null where there was none.</param>
/// <param name="Packets">Which packets differ; null without a capture.</param>
/// <param name="Broken">Where the capture broke off; every packet before it was judged.</param>
internal sealed record Comparison(
    IReadOnlyList<Diagnostic> Found, RuleSetDelta? Delta, string? Capture = null, RuleDiff? Packets = null, CaptureFormatException? Broken = null)
{
    public bool HasErrors => Broken is not null || Found.Any(d => d.Severity == Severity.Error);

    public CheckJson ToJson() => CheckJson.Of(Found, Delta, Packets is null ? null : CaptureDiffJson.Of(Capture!, Broken?.Message, Packets));
}
