using Pipeline.Actors.Generations;
using Pipeline.Host.Schema;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Checking;

/// <summary>The changes that new rules would make.</summary>
/// <param name="Found">Errors and warnings about both sets.</param>
/// <param name="Delta">The rules that differ; null when one of the sets has errors.</param>
/// <param name="Capture">The capture that both sets judged; null for none.</param>
/// <param name="Packets">The packets that differ; null without a capture.</param>
/// <param name="Broken">The error that ended the capture. Every packet before it was judged.</param>
internal sealed record Comparison(
    IReadOnlyList<Diagnostic> Found, RuleSetDelta? Delta, string? Capture = null, RuleDiff? Packets = null, CaptureFormatException? Broken = null)
{
    public bool HasErrors => Broken is not null || Found.Any(d => d.Severity == Severity.Error);

    public CheckJson ToJson() => CheckJson.Of(Found, Delta, Packets is null ? null : CaptureDiffJson.Of(Capture!, Broken?.Message, Packets));
}
