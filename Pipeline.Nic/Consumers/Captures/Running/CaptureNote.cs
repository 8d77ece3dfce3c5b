using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers.Captures.Running;

/// <summary>What a capture says of a packet beside its bytes: what was decided about it.</summary>
internal struct CaptureNote
{
    /// <summary>The most rules of one packet that are named.</summary>
    private const int MostRules = 8;

    private RuleNumbers _rules;
    private MarkTable? _table;
    private string? _route;
    private DropReason? _reason;
    private bool _isCopy;
    private int _count;

    /// <summary>Takes down what was decided. Allocates nothing.</summary>
    /// <param name="route">The consumer that the packet's route leads to; null where none does.</param>
    /// <param name="reason">Why it was dropped; null where it was not.</param>
    /// <param name="isCopy">Whether it goes along that route as a copy.</param>
    public void Take(PageBundle bundle, in Packet packet, string? route, DropReason? reason, bool isCopy)
    {
        (_table, _route, _reason, _isCopy) = (bundle.MarkedBy as MarkTable, route, reason, isCopy);
        _rules[0] = packet.Rule;
        _count = packet.Rule == 0 ? 0 : 1;
        if (packet.Has(PacketFlags.SeveralRules) && _table is { } table)
            _count = table.MatchesOf(bundle.Interface, packet, bundle.BytesOf(packet), _rules);
    }

    /// <summary>Forgets what it refers to, so that a ring keeps no rules in memory that are gone.</summary>
    public void Forget() => (_table, _route) = (null, null);

    public readonly void Write(ref LineText text, in Packet packet)
    {
        text.Add("mark "u8);
        text.Hex(packet.Mark);
        WriteRules(ref text, packet);
        if (_route is not null)
        {
            text.Add(" route "u8);
            text.Add(_route);
        }

        if (_isCopy) text.Add(" copy"u8);
        if (_reason is not { } reason) return;
        text.Add(" dropped "u8);
        text.Add(reason.Name());
    }

    private readonly void WriteRules(ref LineText text, in Packet packet)
    {
        if (packet.Has(PacketFlags.KeptOut))
        {
            text.Add(" kept-out"u8);
            return;
        }

        text.Add(" rule "u8);
        if (_count == 0 || _table is not { } table)
        {
            text.Add("unmatched"u8);
            return;
        }

        for (var i = 0; i < _count; i++)
        {
            if (i > 0) text.Add(","u8);
            text.Add(table.Rules.Rules[_rules[i] - 1].Name);
        }
    }

    [InlineArray(MostRules)]
    private struct RuleNumbers
    {
        private int _first;
    }
}
