using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>Names the final route of packets, for whoever shows them. It follows changes of routes. For one thread.</summary>
/// <param name="plans">The plans that routers go by.</param>
/// <param name="keepsOut">Whether there are guards.</param>
internal sealed class FinalRoutes(Func<IReadOnlyList<RouterPlan>> plans, bool keepsOut)
{
    private RouterPlan? _plan;
    private RouteTable? _table;

    /// <summary>The consumer group that the packet's account is with.</summary>
    public string Of(uint mark, PacketFlags flags)
    {
        var plan = plans()[0];
        if (_table is null || !ReferenceEquals(plan, _plan))
        {
            // A table of its own, because the router's remembers answers for the router's thread.
            _table = new RouteTable(plan.Table.Routes, keepsOut);
            _plan = plan;
        }

        return _table.Routes[_table.Resolve(mark, flags).Final].To;
    }
}
