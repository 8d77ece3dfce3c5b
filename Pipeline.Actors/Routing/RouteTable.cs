using System.Diagnostics;
using System.Runtime.CompilerServices;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// From mark to route. Pure: the same mark always goes the same way. Routes are tried in order. The first that matches and does not copy is
/// final, and every copying route before it that matches gets a copy. After the last, a route takes everything to the stack. Packets that a
/// guard keeps out go there at once, without copies.
/// </summary>
/// <remarks>For one thread, because it remembers recent answers.</remarks>
[DebuggerDisplay("{_routes.Length} routes")]
public sealed class RouteTable
{
    /// <summary>The most routes there can be, including the implicit one: a bit each in a word.</summary>
    public const int MaxRoutes = 64;

    /// <summary>The consumer group that always exists.</summary>
    public const string StackGroup = ConsumerOptions.Stack;

    private const int CacheSlots = 256;

    /// <summary>Set in the key of every slot that is filled. It is not one of the <see cref="Deciding"/> flags.</summary>
    private const uint Known = 1;

    private readonly RouteOptions[] _routes;
    private readonly Remembered[] _cache = new Remembered[CacheSlots];

    /// <summary>
    /// Takes the routes in the order they are tried. The route of everything to the stack is appended, unless the last takes everything
    /// anyway. It is also appended when packets need it that no route leads there: those of guards, and those of routes that fall back.
    /// </summary>
    /// <param name="keepsOut">Whether there are guards.</param>
    /// <param name="passesReleased">
    /// Whether packets of released flows can be given to the stack. If a route wants it, they get a route of their own before the last, which
    /// no mark leads to.
    /// </param>
    /// <exception cref="ArgumentException">There are more routes than <see cref="MaxRoutes"/>.</exception>
    public RouteTable(IEnumerable<RouteOptions> routes, bool keepsOut = false, bool passesReleased = false)
    {
        _routes = [.. routes];
        var isNeeded = keepsOut || _routes.Any(route => route.NeedsStack);
        if (_routes.Length == 0 || !IsCatchAll(_routes[^1]) || (isNeeded && _routes[^1].To != StackGroup))
            _routes = [.. _routes, new RouteOptions { To = StackGroup, Share = 1 }];
        if (passesReleased && _routes.Any(route => route.ReleasesToStack) && !_routes.Any(route => route.IsForReleased))
            _routes = [.. _routes[..^1], new RouteOptions { To = StackGroup, Share = 1, IsForReleased = true }, _routes[^1]];
        if (_routes.Length == 1) Sole = new RouteDecision(0, 0);
        if (_routes.Length > MaxRoutes)
            throw new ArgumentException($"There are {_routes.Length} routes; at most {MaxRoutes} fit.", nameof(routes));
    }

    /// <summary>The routes in the order they are tried, including the implicit one.</summary>
    public IReadOnlyList<RouteOptions> Routes => _routes;

    /// <summary>Where every packet goes, whatever its mark; null when there are several routes.</summary>
    public RouteDecision? Sole { get; }

    /// <summary>The packet flags that decide its way, together with its mark.</summary>
    internal const PacketFlags Deciding = PacketFlags.Selected | PacketFlags.KeptOut;

    /// <summary>Where packets with a mark go.</summary>
    /// <param name="mark">The packet's.</param>
    /// <param name="selected">Whether the expression on the command line matched it.</param>
    public RouteDecision Resolve(uint mark, bool selected) => Resolve(mark, selected ? PacketFlags.Selected : PacketFlags.None);

    /// <summary>Where packets with a mark go.</summary>
    /// <param name="mark">The packet's.</param>
    /// <param name="flags">The packet's flags. Only <see cref="Deciding"/> ones count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    public RouteDecision Resolve(uint mark, PacketFlags flags)
    {
        var deciding = (uint)(flags & Deciding);
        var key = ((ulong)mark << 8) | deciding | Known;
        ref var slot = ref _cache[(mark ^ (mark >> 8) ^ (deciding << 6)) % CacheSlots];
        if (slot.Key != key) Remember(ref slot, key, mark, flags);
        return slot.Decision;
    }

    /// <summary>Where packets go, for people: those that get copies, then the consumer of the final route.</summary>
    internal string InWords(uint mark, PacketFlags flags)
    {
        var decision = Resolve(mark, flags);
        var copies = _routes.Where((_, i) => (decision.Copies & (1ul << i)) != 0).Select(r => $"copy to {r.To}");
        return string.Join(", ", copies.Append(_routes[decision.Final].To));
    }

    private void Remember(ref Remembered slot, ulong key, uint mark, PacketFlags flags) => slot = new Remembered(key, Walk(mark, flags));

    private RouteDecision Walk(uint mark, PacketFlags flags)
    {
        if ((flags & PacketFlags.KeptOut) != 0) return new RouteDecision(_routes.Length - 1, 0);
        var selected = (flags & PacketFlags.Selected) != 0;
        var copies = 0ul;
        for (var i = 0; i < _routes.Length; i++)
        {
            var route = _routes[i];
            if ((mark & route.MarkMask) != route.Mark || (route.OnlySelected && !selected) || route.IsForReleased) continue;
            if (!route.Copy) return new RouteDecision(i, copies);
            copies |= 1ul << i;
        }

        throw new InvalidOperationException("The last route takes everything, so one has matched.");
    }

    private static bool IsCatchAll(RouteOptions route) => route is { MarkMask: 0, Mark: 0, Copy: false, OnlySelected: false };

    private readonly record struct Remembered(ulong Key, RouteDecision Decision);
}
