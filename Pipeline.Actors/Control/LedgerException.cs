using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Control;

/// <summary>
/// The books do not balance: a packet was lost without a reason, or counted twice. The fault is in this program, never in its input.
/// </summary>
public sealed class LedgerException(LedgerSnapshot books)
    : Exception(
        $"the ledger does not balance: received {books.Received.Packets} = delivered {books.Delivered.Packets}"
        + $" + passed {books.Passed.Packets} + dropped {books.Dropped.Packets} + in flight {books.InFlight.Packets}"
        + $" (at most {books.MostInFlight} fit; pages home: {(books.PagesHome ? "yes" : "no")})")
{
    /// <summary>The books as they were found.</summary>
    public LedgerSnapshot Books { get; } = books;
}
