using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures.Running;

/// <summary>One packet in a <see cref="CaptureRing"/>.</summary>
internal struct CaptureRecord
{
    public Packet Packet;
    public NicInterface Interface;
    public CaptureNote Note;

    /// <summary>Counts from 1 what the ring was to take. What is missing in between was missed.</summary>
    public long Sequence;

    /// <summary>Where its bytes begin in the ring's memory.</summary>
    public int Start;

    /// <summary>Bytes copied.</summary>
    public int Length;

    /// <summary>What the ring's place of writing was after it.</summary>
    public long End;
}
