using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Checking;

/// <summary>
/// Compares rules with those of a running pipeline. The pipeline reports their errors and what they change. Packets of a capture are tried
/// here, with the pipeline's rules, guards and routes.
/// </summary>
internal sealed class NodeChecking(NodeRules node, Parts parts)
{
    /// <param name="capture">The packets to try them on; null for none.</param>
    /// <param name="ifGeneration">The generation that must be in force; null for any.</param>
    /// <exception cref="NodeException">The node does not answer, or another generation is in force.</exception>
    public async Task<Comparison> Of(SourceText text, string? capture = null, int? ifGeneration = null)
    {
        var inForce = capture is null && ifGeneration is null ? null : await node.InForce();
        if (ifGeneration is { } expected && expected != inForce!.Generation)
        {
            throw new NodeException($"generation {inForce.Generation} is in force by now, not {expected}", ExitCodes.RuntimeFailure);
        }

        var check = await node.Check(text);
        List<Diagnostic> found = [.. check.Diagnostics.Select(d => d.In(text))];
        if (!check.Ok || capture is null) return new Comparison(found, check.Changes?.ToDelta());
        var after = parts.ReadRules(text).Rules ?? throw new NodeException("the node reads these rules, this version does not", ExitCodes.RuntimeFailure);
        return new PacketTrial(parts).Of(InForceRules.Of(inForce!, parts), after, inForce!.KeepOut?.ToGuards(), await Routes(), capture, found);
    }

    private async Task<IReadOnlyList<RouteOptions>> Routes()
    {
        var routes = (await node.Routes()).Select(Route).ToList();
        return routes.Count is > 0 and <= RouteTable.MaxRoutes ? routes : throw new NodeException($"the node has {routes.Count} routes; expected 1 to {RouteTable.MaxRoutes}", ExitCodes.RuntimeFailure);
    }

    private static RouteOptions Route(RouteJson route)
    {
        var (mark, mask) = (0u, 0u);
        if (route.Mark is { } text && !RouteOptions.TryReadMark(text, out mark, out mask))
        {
            throw new NodeException($"the node has a route for the mark {Quoted.Of(text)}, which this version cannot read", ExitCodes.RuntimeFailure);
        }

        return new RouteOptions { Mark = mark, MarkMask = mask, To = Quoted.Of(route.To), Copy = route.Copy };
    }
}
