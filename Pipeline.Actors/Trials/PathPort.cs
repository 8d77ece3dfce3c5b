using System.Diagnostics;
using Pipeline.Actors.Captures;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Trials;

/// <summary>
/// Counts the paths of one router's packets: the rule, the mark, the consumer of the final route, and whether the router dropped it. Only
/// the router's thread shows it packets, and it allocates nothing then; any thread reads.
/// </summary>
/// <param name="clock">Tells when it stopped counting.</param>
[DebuggerDisplay("{_kinds}")]
internal sealed class PathPort(TimeProvider clock) : PacketPort(CapturePoint.Received)
{
    private const int KeptOutBit = 32, ReasonBit = 40, RouteBit = 48, MarkBit = 64;

    private readonly Kinds _kinds = new();
    private readonly string?[] _routes = new string?[Routing.RouteTable.MaxRoutes + 1];
    private MarkTable? _table;
    private long _overtakenAt;
    private volatile bool _isClosed;

    /// <summary>The rules that its packets were marked by; null before the first. The first packet of a generation that follows closes it.</summary>
    public MarkTable? Table => Volatile.Read(ref _table);

    /// <summary>When other rules came in force, as a timestamp of the clock; null where none have. Any thread.</summary>
    public long? OvertakenAt => Volatile.Read(ref _overtakenAt) is not 0 and var at ? at : null;

    /// <summary>Counts nothing more from now on, but for a packet that it is counting at this moment. Any thread.</summary>
    public void Close() => _isClosed = true;

    public override void Show(PageBundle bundle, in Packet packet, string? route, DropReason? reason, bool isCopy)
    {
        if (_isClosed || bundle.MarkedBy is not MarkTable table) return;
        if (_table is null) Volatile.Write(ref _table, table);
        else if (!ReferenceEquals(table, _table))
        {
            Volatile.Write(ref _overtakenAt, clock.GetTimestamp());
            Close();
            return;
        }

        var key = (UInt128)(uint)packet.Rule
            | (packet.Has(PacketFlags.KeptOut) ? UInt128.One << KeptOutBit : 0)
            | ((UInt128)(uint)(reason is { } why ? (int)why + 1 : 0) << ReasonBit)
            | ((UInt128)(uint)PlaceOf(route) << RouteBit)
            | ((UInt128)packet.Mark << MarkBit);
        _kinds.Count(key, bundle, packet);
    }

    /// <summary>The paths so far. Any thread.</summary>
    public IEnumerable<PacketPath> Read()
    {
        if (Table is not { } table) yield break;
        foreach (var (key, packets, example) in _kinds.Read())
        {
            var rule = (int)(uint)key;
            var reason = (int)(byte)(key >> ReasonBit);
            yield return new PacketPath
            {
                Rule = rule == 0 ? null : table.Rules.Rules[rule - 1].Name,
                IsKeptOut = ((key >> KeptOutBit) & 1) != 0,
                Mark = (uint)(key >> MarkBit),
                Consumer = _routes[(int)(byte)(key >> RouteBit)],
                Reason = reason == 0 ? null : (DropReason)(reason - 1),
                Packets = packets,
                Example = example,
            };
        }
    }

    public PacketTally Beyond => _kinds.Beyond;

    /// <summary>Names of routes are strings of the plan, and few. The first place stands for none.</summary>
    private int PlaceOf(string? route)
    {
        if (route is null) return 0;
        for (var i = 1; i < _routes.Length; i++)
        {
            if (ReferenceEquals(_routes[i], route)) return i;
            if (_routes[i] is not null) continue;
            _routes[i] = route;
            return i;
        }

        return 0;
    }
}
