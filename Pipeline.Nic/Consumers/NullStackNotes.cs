namespace Pipeline.Nic.Consumers;

/// <summary>The null stack's counts in words. Counts of 0 are left out.</summary>
internal static class NullStackNotes
{
    private static readonly (NullStackCount What, string Words)[] Network =
        [(NullStackCount.IPv4, "ipv4"), (NullStackCount.IPv6, "ipv6"), (NullStackCount.Arp, "arp"), (NullStackCount.OtherNetwork, "other")];

    private static readonly (NullStackCount What, string Words)[] Transport =
        [(NullStackCount.Tcp, "tcp"), (NullStackCount.Udp, "udp"), (NullStackCount.Icmp, "icmp"), (NullStackCount.OtherTransport, "other")];

    private static readonly (NullStackCount What, string Words)[] Checks =
    [
        (NullStackCount.BadIPv4Checksum, "bad ipv4"), (NullStackCount.BadTcpChecksum, "bad tcp"),
        (NullStackCount.BadUdpChecksum, "bad udp"),
        (NullStackCount.BadIcmpChecksum, "bad icmp"), (NullStackCount.UdpWithoutChecksum, "udp without"),
        (NullStackCount.Unverifiable, "unverifiable"),
    ];

    public static IReadOnlyList<string> Of(NullStackConsumer stack, bool verifyChecksums)
    {
        List<string> notes =
            [verifyChecksums ? "null stack: parsed and verified, delivered to nobody" : "null stack: parsed, delivered to nobody"];
        Add(notes, "network", Network, stack);
        Add(notes, "transport", Transport, stack);
        if (verifyChecksums) Add(notes, "checksums", Checks, stack);
        Add(notes, "headers", [(NullStackCount.Malformed, "malformed")], stack);
        return notes;
    }

    private static void Add(List<string> notes, string what, (NullStackCount What, string Words)[] counts, NullStackConsumer stack)
    {
        var words = counts.Where(c => stack[c.What] > 0).Select(c => $"{stack[c.What]} {c.Words}").ToList();
        if (words.Count > 0) notes.Add($"{what}: {string.Join(", ", words)}");
    }
}
