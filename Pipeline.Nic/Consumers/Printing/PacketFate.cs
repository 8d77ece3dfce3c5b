using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>The end of a line: the packet's mark, the rules that matched it, and the route it takes.</summary>
/// <param name="routeOf">Names the route; null where nobody knows.</param>
internal sealed class PacketFate(Func<uint, PacketFlags, string>? routeOf)
{
    /// <summary>The most rules of one packet that are named.</summary>
    private const int MostRules = 8;

    public void Write(ref LineText text, in Packet packet, scoped PacketBatch batch)
    {
        text.Add(" | mark "u8);
        text.Hex(packet.Mark);
        Rules(ref text, packet, batch);
        if (routeOf is null) return;
        text.Add(" route "u8);
        text.Add(routeOf(packet.Mark, packet.Flags));
    }

    private static void Rules(ref LineText text, in Packet packet, scoped PacketBatch batch)
    {
        if (packet.Has(PacketFlags.KeptOut))
        {
            text.Add(" kept-out"u8);
            return;
        }

        text.Add(" rule "u8);
        if (packet.Rule == 0 || batch.Rules is not { } table) text.Add("unmatched"u8);
        else if (!packet.Has(PacketFlags.SeveralRules)) text.Add(table.Rules.Rules[packet.Rule - 1].Name);
        else Several(ref text, packet, batch, table);
    }

    private static void Several(ref LineText text, in Packet packet, scoped PacketBatch batch, MarkTable table)
    {
        Span<int> rules = stackalloc int[MostRules + 1];
        var count = table.MatchesOf(batch.Interface, packet, batch.OwnBytesOf(packet), rules);
        for (var i = 0; i < Math.Min(count, MostRules); i++)
        {
            if (i > 0) text.Add(","u8);
            text.Add(table.Rules.Rules[rules[i] - 1].Name);
        }

        if (count > MostRules) text.Add(",..."u8);
    }
}
