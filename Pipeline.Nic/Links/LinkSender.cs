using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// The sending end of a link between two nodes. A thread of its own puts waiting bundles into frames, sends them, and takes back what the
/// other node says of them.
/// </summary>
/// <remarks>
/// A bundle is the link's from <see cref="LinkLane.TrySend"/> until the other node has disposed it. Then its pages go home and its packets
/// are held in their account (<see cref="PacketAccount.Held"/>), until their outcome comes: delivered, or dropped for a reason. When the
/// link has ended, <see cref="Close"/> must be called: it hands back the bundles that were not acknowledged. Where the same node is dialled
/// again, that comes first: the new connection brings its last words about this link, and what they tell of is not handed back.
/// </remarks>
public sealed class LinkSender
{
    private readonly SendingEnd _end;

    /// <summary>Starts the thread.</summary>
    /// <param name="connection">One that was dialled. The sender owns it from now on.</param>
    /// <param name="options">Its name, and who hears that it ended.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside of its bounds.</exception>
    public LinkSender(LinkConnection connection, LinkOptions options)
    {
        _end = new SendingEnd(connection, options);
        _end.Start();
    }

    /// <summary>
    /// How long the other node may process what it got, once this end has heard nothing more of it or has closed the link: three seconds by
    /// its own clock.
    /// </summary>
    public static TimeSpan Lease => LinkLease.Length;

    /// <summary>The most lanes of a link.</summary>
    public const int MostLanes = LinkLayout.MostInstances;

    /// <summary>What the link has done. Any thread.</summary>
    public LinkCounters Counters => _end.Counters;

    /// <summary>How it ended; null while it runs. Any thread.</summary>
    public LinkEnding? Ending => _end.Ending;

    /// <summary>
    /// Packets that were handed over and that the other node has not disposed: they wait, are on the wire, or are with the other node. When
    /// the link is closed it is 0. A packet that somebody else settles meanwhile counts until then. Any thread.
    /// </summary>
    public long PacketsInFlight => _end.PacketsInFlight;

    /// <summary>The most of <see cref="LinkCounters.BytesInFlight"/>, unless a larger bundle goes alone.</summary>
    public int Window => _end.Hello.Terms.Window;

    internal long Allocated => _end.Allocated;

    /// <summary>Opens the way to an instance. Any thread, not on the data path.</summary>
    /// <param name="instance">
    /// Its number on this link, 0 to 1023. Both nodes must mean the same instance by it. Copies need a number of their own, because they
    /// count into another account.
    /// </param>
    /// <param name="account">The account of all bundles that go there.</param>
    /// <param name="bytesToAPacket">How many bytes of each packet it needs; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">The instance has a way already.</exception>
    public LinkLane OpenLane(int instance, PacketAccount account, int bytesToAPacket = int.MaxValue) =>
        _end.OpenLane(instance, account, bytesToAPacket);

    /// <summary>
    /// Asks for one call when everything that has been handed over by now is disposed by the other node and its outcome is known, or when
    /// the link is closed. Packets of an instance are alike: where more is handed over meanwhile, as many outcomes as there were packets by
    /// now are waited for. Any thread may ask, at any time.
    /// </summary>
    /// <param name="wake">
    /// Called on the link's thread, or on the one that closes it, or on this one if it is closed: it must be short, and must not close the
    /// link itself.
    /// </param>
    public void WakeWhenIdle(Action wake) => _end.WakeWhenIdle(wake);

    /// <summary>
    /// Ends the link, where it has not ended, and hands back every bundle that was not acknowledged. Without last words the other node
    /// might have processed some of them: the caller must not give them to anybody else before that node's lease is over. With last words
    /// exactly what was not processed is handed back; of a bundle that was processed in part, the rest. Packets that were processed, and
    /// whose outcome is not known, are dropped as <see cref="DropReason.RemoteLost"/>.
    /// </summary>
    /// <param name="handBack">
    /// Gets each instance's bundles in the order in which they were handed over, and owns them. It is called on this thread, before this
    /// returns. A second call hands back nothing.
    /// </param>
    /// <param name="lastWords">
    /// Those of the connection that takes this link's place (<see cref="LinkConnection.LastWords"/>), or null. Words about another link
    /// are passed over. Words that contradict what was sent are passed over as a whole and counted (<see cref="LinkCounters.Refused"/>);
    /// <see cref="LinkCounters.LastWords"/> says whether they were taken.
    /// </param>
    public void Close(Action<int, PageBundle> handBack, LinkLastWords? lastWords = null)
    {
        _end.Stop();
        _end.HandBack(handBack, lastWords);
    }
}
