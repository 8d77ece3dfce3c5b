using System.Diagnostics;

namespace Pipeline.Nic.Links;

/// <summary>
/// What a receiver has to say of a link that ended: how much of what came over it was processed. The next link between the same two nodes
/// begins with it, so that the sender takes back exactly the rest.
/// </summary>
[DebuggerDisplay("link {Epoch} from {SenderUid} to {ReceiverUid}, {Instances} instances")]
public sealed class LinkLastWords
{
    /// <param name="hello">That of the link that ended.</param>
    /// <param name="isSettled">Whether every packet that was processed has its outcome.</param>
    /// <param name="rows">By rising instance, each once.</param>
    internal LinkLastWords(LinkHello hello, bool isSettled, IReadOnlyList<LastWordsRow> rows)
        : this(hello.SenderUid, hello.ReceiverUid, hello.Epoch, isSettled, rows)
    {
    }

    internal LinkLastWords(long senderUid, long receiverUid, long epoch, bool isSettled, IReadOnlyList<LastWordsRow> rows) =>
        (SenderUid, ReceiverUid, Epoch, IsSettled, Rows) = (senderUid, receiverUid, epoch, isSettled, rows);

    /// <summary>The node that had dialled and sent.</summary>
    public long SenderUid { get; }

    /// <summary>The node that received, and whose words these are.</summary>
    public long ReceiverUid { get; }

    /// <summary>The epoch of the link that they are about.</summary>
    public long Epoch { get; }

    /// <summary>
    /// Whether every packet that was processed has its outcome. Otherwise a consumer still holds some, and words that are taken later know
    /// more. The sender drops those whose outcome they do not know.
    /// </summary>
    public bool IsSettled { get; }

    /// <summary>Instances of which something was processed.</summary>
    public int Instances => Rows.Count;

    internal IReadOnlyList<LastWordsRow> Rows { get; }

    /// <summary>Acknowledges and settles all that they say, or nothing.</summary>
    /// <param name="lanes">Those of the link that they are about, by instance. They are sealed.</param>
    /// <returns>Why they cannot be true; none where they were taken.</returns>
    internal LinkRefusal TellTo(LinkLane?[] lanes)
    {
        foreach (var row in Rows)
        {
            var refusal = lanes[row.Instance] is { } lane ? lane.Check(row) : LinkRefusal.Instance;
            if (refusal != LinkRefusal.None) return refusal;
        }

        foreach (var row in Rows) lanes[row.Instance]!.Take(row);
        return LinkRefusal.None;
    }

    /// <returns>Whether they are about this link.</returns>
    internal bool AreAbout(LinkHello hello) =>
        Epoch == hello.Epoch && SenderUid == hello.SenderUid && ReceiverUid == hello.ReceiverUid;
}
