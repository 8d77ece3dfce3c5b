namespace Pipeline.Nic.Accounts;

/// <summary>One account at the moment the books were read.</summary>
/// <param name="Name">The consumer's, or the stage's.</param>
/// <param name="Kind">Which side of the ledger it is on.</param>
/// <param name="Delivered">Packets delivered, or packets passed for the normal stack's account.</param>
/// <param name="DroppedByReason">Only reasons that happened, in the order of <see cref="DropReason"/>.</param>
/// <param name="Bundles">Bundles that ended here.</param>
public sealed record AccountReading(
    string Name, AccountKind Kind, PacketTally Delivered, IReadOnlyDictionary<DropReason, PacketTally> DroppedByReason, long Bundles)
{
    /// <summary>Packets of released flows: <see cref="PacketAccount.ReleasedTally"/>.</summary>
    public PacketTally Released { get; init; }

    private static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();

    private static readonly IReadOnlyDictionary<DropReason, PacketTally> Nothing = new SortedDictionary<DropReason, PacketTally>();

    /// <summary>Packets dropped, for any reason.</summary>
    public PacketTally Dropped => PacketTally.Sum(DroppedByReason.Values);

    internal static AccountReading Of(PacketAccount account)
    {
        SortedDictionary<DropReason, PacketTally>? dropped = null;

        // Read before the whole that it may be part of.
        var released = account.ReleasedTally;
        var delivered = account.DeliveredTally;
        foreach (var reason in Reasons)
        {
            var tally = account.DroppedTally(reason);
            if (tally != default) (dropped ??= [])[reason] = tally;
        }

        return new AccountReading(account.Name, account.Kind, delivered, dropped ?? Nothing, account.Bundles)
        {
            Released = released,
        };
    }
}
