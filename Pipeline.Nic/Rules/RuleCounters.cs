using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Rules;

/// <summary>
/// How many packets each rule matched, and how many matched none. One to each router: written by its thread alone, with plain
/// stores, and readable by anyone.
/// </summary>
public sealed class RuleCounters(int rules)
{
    // Index 0 counts the unmatched, so that a packet's 1-based rule is its index.
    private readonly long[] _packets = new long[rules + 1];
    private readonly long[] _bytes = new long[rules + 1];

    public int Rules => _packets.Length - 1;

    public PacketTally Unmatched => Of(0);

    /// <param name="rule">1-based.</param>
    public PacketTally Of(int rule) => new(Volatile.Read(ref _packets[rule]), Volatile.Read(ref _bytes[rule]));

    /// <param name="rule">1-based; 0 for a packet that no rule matched.</param>
    internal void Count(int rule, int bytes)
    {
        _packets[rule]++;
        _bytes[rule] += bytes;
    }
}
