using Pipeline.Actors.Configuration;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Routing;

/// <summary>
/// The routes in a form that a device in front of the normal stack can follow. It passes a packet whose final route leads to the normal
/// stack, and takes every other. Routes that copy decide nothing, but the packets that they copy have to reach software.
/// </summary>
public static class RouteVerdicts
{
    /// <returns>The verdicts, in the order of the routes. Packets that none of them matches are passed.</returns>
    public static IReadOnlyList<MarkVerdict> Of(PipelineOptions options) =>
        [.. options.Routes.Select(r => new MarkVerdict(r.Mark, r.MarkMask, VerdictOf(r, LeadsToStack(r.To, options.Consumers))))];

    /// <summary>The rules that a device runs for one generation of a pipeline's rules.</summary>
    internal static OffloadedRules Of(PipelineSetup setup, MarkTable table)
    {
        // An expression has to see every packet, whatever becomes of it, and so has a limit on the number of packets. What is taken from
        // this machine's stack cannot be given back, so there they see only what is taken.
        if (setup.Nic.Traits.TakesFromStack) return OfRoutes(setup, table);
        if (setup.Expression is not null || setup.StopAfterPackets is not null) return OffloadedRules.TakingAll(table.Rules, table.Guards);
        return OfRoutes(setup, table);
    }

    private static OffloadedRules OfRoutes(PipelineSetup setup, MarkTable table)
    {
        var routes = new RouteTable(setup.Options.Routes, setup.KeepOut is not null).Routes;
        return new OffloadedRules
        {
            Rules = table.Rules,
            Guards = table.Guards,
            Verdicts = [.. routes.Select(r => new MarkVerdict(r.Mark, r.MarkMask, VerdictOf(r, IsLeft(r.To, setup))))],
            KeptOut = IsLeft(routes[^1].To, setup) ? PacketVerdict.Pass : PacketVerdict.Take,
        };
    }

    private static PacketVerdict VerdictOf(RouteOptions route, bool leadsToStack) =>
        route.Copy ? PacketVerdict.Copy : leadsToStack ? PacketVerdict.Pass : PacketVerdict.Take;

    /// <summary>
    /// Whether a group leaves packets to the normal stack. A consumer made in code gets its packets, whatever the options call it.
    /// </summary>
    private static bool IsLeft(string group, PipelineSetup setup) =>
        !setup.Handlers.ContainsKey(group) && LeadsToStack(group, setup.Options.Consumers);

    private static bool LeadsToStack(string group, IReadOnlyDictionary<string, ConsumerOptions> consumers) =>
        consumers.TryGetValue(group, out var consumer) ? consumer.Kind == ConsumerKind.Stack : group == RouteTable.StackGroup;
}
