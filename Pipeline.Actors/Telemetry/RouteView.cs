using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Telemetry;

/// <summary>One route, over all queues.</summary>
/// <param name="Options">The route as it is configured.</param>
/// <param name="Overload">Its policy, or its source's default.</param>
/// <param name="Taken">Packets sent along it, or being bundled for it.</param>
/// <param name="DroppedByReason">What it dropped beyond its share; only reasons that happened.</param>
/// <param name="Pages">Pages it pins.</param>
/// <param name="PagesLimit">Pages it may pin, over all queues.</param>
public sealed record RouteView(
    RouteOptions Options, Overload Overload, PacketTally Taken, IReadOnlyDictionary<DropReason, PacketTally> DroppedByReason, int Pages,
    int PagesLimit)
{
    /// <summary>What it sent per second.</summary>
    public Rate Rate { get; init; }

    /// <summary>What it dropped per second, for any reason.</summary>
    public Rate DroppedRate { get; init; }

    /// <summary>Its breaker; null for a route that has none.</summary>
    public BreakerView? Breaker { get; init; }

    /// <summary>Its marks as configurations write them, or <c>any</c>.</summary>
    internal string Mark => Options.MarkMask == 0 ? "any" : MarkNumber.Text(Options.Mark, Options.MarkMask);

    internal static string WordsOf(RouteOptions route) => route.MarkMask == 0 ? "every mark" : $"mark {MarkNumber.Text(route.Mark, route.MarkMask)}";

    internal PacketTally Dropped => PacketTally.Sum(DroppedByReason.Values);
}
