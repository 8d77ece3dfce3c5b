using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// The consequences of a match where they are more than writing one mark: for rules with <c>continue</c>, and after them.
/// </summary>
internal static unsafe class RuleHits
{
    /// <summary>Writes down and counts that a rule matched.</summary>
    /// <param name="number">1-based.</param>
    /// <param name="marks">For each rule, from 1 on, the bits that it sets and those that it keeps.</param>
    /// <param name="counts">The first of <see cref="RuleCounters"/>' counts.</param>
    public static void Record(Packet* packet, int number, uint* marks, long* counts)
    {
        counts[2 * number]++;
        counts[(2 * number) + 1] += packet->CapturedLength;
        packet->Mark = (packet->Mark & marks[(2 * number) + 1]) | marks[2 * number];
        if (packet->Rule != 0) packet->Flags |= PacketFlags.SeveralRules;
        packet->Rule = number;
    }

    /// <summary>Records rules with <c>continue</c> in their own order. The questions that found them have another order.</summary>
    /// <param name="found">
    /// For each question that matched, the index in <paramref name="lists"/> at which its rules begin. It is overwritten.
    /// </param>
    /// <param name="before">0-based index of the rule that ended the search. Rules after it are not tried.</param>
    /// <param name="lists">Rules' 1-based numbers. Each list ascends and ends with 0.</param>
    public static void RecordContinued(Packet* packet, int* found, int count, uint before, int* lists, uint* marks, long* counts)
    {
        while (true)
        {
            var (number, which) = (int.MaxValue, -1);
            for (var i = 0; i < count; i++)
            {
                var next = lists[found[i]];
                if (next != 0 && next < number) (number, which) = (next, i);
            }

            if (which < 0 || (uint)(number - 1) >= before) return;
            Record(packet, number, marks, counts);
            found[which]++;
        }
    }

    /// <summary>Writes on a packet that a guard keeps it out, whatever the device has written, and counts it.</summary>
    /// <param name="guard">0-based.</param>
    /// <param name="rules">How many rules there are: guards are counted after them.</param>
    public static void KeepOut(ref Packet packet, int guard, int rules, long* counts)
    {
        var number = rules + 1 + guard;
        counts[2 * number]++;
        counts[(2 * number) + 1] += packet.CapturedLength;
        (packet.Mark, packet.Rule) = (0, 0);
        packet.Flags = (packet.Flags & ~(PacketFlags.SeveralRules | PacketFlags.MarkedByDevice)) | PacketFlags.KeptOut;
    }

    /// <param name="condition">The 0-based place of the condition that was met.</param>
    /// <param name="guards">For each condition its guard.</param>
    public static void KeepOut(Packet* packet, uint condition, int* guards, int rules, long* counts) =>
        KeepOut(ref *packet, guards[condition], rules, counts);

    /// <summary>Counts a packet that the device marked.</summary>
    /// <exception cref="InvalidOperationException">The packet names a rule that does not exist.</exception>
    public static void CountMarkedByDevice(Packet* packet, long* counts, int rules)
    {
        var number = packet->Rule;
        if (number > rules) throw new InvalidOperationException($"The device marked a packet by rule {number} of {rules}.");
        counts[2 * number]++;
        counts[(2 * number) + 1] += packet->CapturedLength;
    }
}
