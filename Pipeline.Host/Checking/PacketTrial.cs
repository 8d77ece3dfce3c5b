using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Checking;

/// <summary>Lets old and new rules judge the packets of a capture.</summary>
internal sealed class PacketTrial(Parts parts)
{
    /// <param name="guards">The guards in front of both sets, unless a set lifts them; null for none.</param>
    /// <param name="found">Errors and warnings about the rules that are already known.</param>
    /// <exception cref="IOException">The capture cannot be read.</exception>
    public Comparison Of(RuleSet before, RuleSet after, IReadOnlyList<Guard>? guards, IReadOnlyList<RouteOptions> routes, string capture, IEnumerable<Diagnostic> found)
    {
        var comparison = new RuleComparison(before, after, routes, guards: guards);
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

        var all = found.ToList();
        return new Comparison([.. all, .. comparison.Rejections.Except(all)], RuleSetDelta.Between(before, after), nic.Name, comparison.Result(), broken);
    }
}
