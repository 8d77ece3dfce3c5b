using Pipeline.Actors.Configuration;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Actors.Routing;

/// <summary>
/// Routes as the kernel's XDP hook can follow them: a packet whose final route leads to the normal stack stays with the kernel, every other
/// is taken. Routes that copy decide nothing: a packet cannot be taken and stay.
/// </summary>
public static class RouteVerdicts
{
    /// <returns>In the order of the routes.</returns>
    public static IReadOnlyList<XdpVerdict> Of(PipelineOptions options) =>
        [.. options.Routes.Where(r => !r.Copy).Select(r => new XdpVerdict(r.Mark, r.MarkMask, !LeadsToStack(r, options.Consumers)))];

    private static bool LeadsToStack(RouteOptions route, IReadOnlyDictionary<string, ConsumerOptions> consumers) =>
        consumers.TryGetValue(route.To, out var consumer) ? consumer.Kind == ConsumerKind.Stack : route.To == RouteTable.StackGroup;
}
