using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Links;

/// <summary>What was processed of one instance's bundles before a link ended.</summary>
/// <param name="Instance">Its number on that link.</param>
/// <param name="Sequence">All bundles up to this one were processed whole; 0 where none was.</param>
/// <param name="Packets">How many packets of the bundle after that were processed, its first ones.</param>
/// <param name="Outcomes">What became of all these packets: 0 for delivered, 1 and the reason for dropped. Bytes are those carried.</param>
internal sealed record LastWordsRow(int Instance, long Sequence, int Packets, PacketTally[] Outcomes);
