namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// The layout of our XDP program's stack: offsets in bytes from its end (R10), words of 32 bits.
/// </summary>
/// <remarks>
/// The verifier follows each path through a program with all that it knows, and merges two paths only where they know the same. It
/// remembers a number that is stored at a multiple of eight, and forgets one that is stored at another offset. So values that depend on the
/// packet are stored at other offsets (and pointers at multiples of eight): the verifier then knows the same after a rule that matched and
/// after one that did not. A program of a thousand rules takes it a thousand times as long as one rule; otherwise the time would double
/// with each rule.
/// </remarks>
internal static class XdpStack
{
    /// <summary>Bytes to the network header; <see cref="Absent"/>.</summary>
    public const int L3 = -4;

    /// <summary>Bytes to the header after it; <see cref="Absent"/>.</summary>
    public const int L4 = -12;

    /// <summary>1-based index of the best rule that a search has found; <see cref="Absent"/>.</summary>
    public const int Found = -20;

    /// <summary>The bits of a mark that the rule found sets, and those that it keeps.</summary>
    public const int Sets = -28;
    public const int Keeps = -36;

    /// <summary>The packet's mark, the last rule that wrote it, and whether there were several.</summary>
    public const int Mark = -44;
    public const int Rule = -52;
    public const int Several = -60;

    /// <summary>During the header search: the next header's number and place.</summary>
    public const int NextHeader = -68;
    public const int NextAt = -76;

    /// <summary>The place that counts the packet: that of its rule, or of the guard that keeps it.</summary>
    public const int Place = -84;

    /// <summary>The key of a look-up in a tuple's map.</summary>
    public const int Key = -120;

    /// <summary>The scratch memory of classic BPF.</summary>
    public const int Memory = -192;

    /// <summary>The packet's length in bytes.</summary>
    public const int Length = -204;

    /// <summary>This CPU's list of the rules that matched, and their number.</summary>
    public const int Hits = -216;
    public const int HitCount = -220;

    /// <summary>
    /// Bytes to the byte that names the protocol behind IP, and to that of a later fragment; <see cref="Absent"/>. During the header
    /// search: the place of the next header's number.
    /// </summary>
    public const int Protocol = -196;
    public const int Later = -228;
    public const int NextNamedAt = -236;

    /// <summary>The question for a packet's socket (struct bpf_sock_tuple, linux/bpf.h), its ports, and the socket's state.</summary>
    public const int SocketTuple = -280;
    public const int SocketPorts = -284;
    public const int SocketState = -292;

    /// <summary>The length of that question, which the verifier remembers, and the packet's protocol.</summary>
    public const int SocketTupleBytes = -304;
    public const int SocketProtocol = -308;

    /// <summary>The question for a packet's tracked connection (struct bpf_ct_opts), 12 bytes.</summary>
    public const int TrackingOptions = -324;

    /// <summary>What comes before a copy of the packet (<see cref="XdpCopy"/>), and whether somebody wants one.</summary>
    public const int Copy = -356;
    public const int Copied = -364;

    /// <summary>Larger than any offset and any rule's index.</summary>
    public const uint Absent = uint.MaxValue;
}
