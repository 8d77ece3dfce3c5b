namespace Pipeline.Nic.Rules.Guards;

/// <summary>
/// What the guard <c>own</c> has to know. It keeps packets for sockets of this machine that are no servers: answers to what the machine
/// asked, and connections that it has. Only a program in the kernel can ask for a packet's socket, so in software the guard keeps nothing.
/// </summary>
/// <param name="ServedPorts">
/// UDP ports at which servers wait for anybody. The kernel cannot tell such a socket from one that waits for answers, so packets to these
/// ports are not kept for it.
/// </param>
public sealed record OwnReplies(IReadOnlyList<int> ServedPorts)
{
    /// <summary>
    /// Where the kernel tracks connections, the numbers of its functions that look one up and release it: packets that a socket did not
    /// decide are kept if they answer a connection that began here. Null where nothing is tracked.
    /// </summary>
    public (int Lookup, int Release)? Tracking { get; init; }
}
