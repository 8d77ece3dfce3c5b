using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Explaining;

/// <summary>Where a mark leads, by the routes of a configuration.</summary>
internal static class RouteInWords
{
    public static string Of(PipelineOptions options, RuleTrace trace)
    {
        var table = new RouteTable(options.Routes);
        if (trace.KeptOutBy is { } guard) return $"route: keep-out {guard} to consumer {RouteTable.StackGroup} (stack)\n";
        var decision = table.Resolve(trace.Mark, selected: true);
        var copies = table.Routes.Where((_, i) => (decision.Copies & (1ul << i)) != 0).Select(r => $"copy: {Route(options, r)}\n");
        return string.Concat(copies) + $"route: {Route(options, table.Routes[decision.Final])}\n";
    }

    private static string Route(PipelineOptions options, RouteOptions route)
    {
        var condition = route.MarkMask == 0 ? "every mark" : $"mark {MarkNumber.Text(route.Mark, route.MarkMask)}";
        return $"{condition} to consumer {route.To} ({Consumer(options.Consumers.GetValueOrDefault(route.To))})";
    }

    private static string Consumer(ConsumerOptions? consumer) => consumer switch
    {
        { Kind: ConsumerKind.Bypass } => $"bypass, handler {consumer.Handler}",
        { Kind: ConsumerKind.AfPacket, Write: { } file } => $"af_packet, writes {file}",
        { Kind: ConsumerKind.AfPacket, SplitFolder: { } folder } => $"af_packet, splits into {folder}",
        { Kind: ConsumerKind.AfPacket } => "af_packet",
        _ => "stack",
    };
}
