namespace Pipeline.Nic.Pcapng;

/// <summary>The layout of a pcapng option's value. It decides whether and how the value is converted to another byte order.</summary>
internal enum OptionValue
{
    /// <summary>It must not be copied, is written anew, or has an unknown layout.</summary>
    LeftOut,

    /// <summary>Text, addresses, single bytes: the same in either byte order.</summary>
    Octets,

    /// <summary>32 bits.</summary>
    U32,

    /// <summary>64 bits.</summary>
    U64,

    /// <summary>Two numbers of 32 bits.</summary>
    TwoU32,

    /// <summary>epb_hash: the algorithm's byte, then the hash.</summary>
    Hash,

    /// <summary>epb_verdict: the kind's byte, then octets of the hardware, or 64 bits of an eBPF program.</summary>
    Verdict,

    /// <summary>if_filter: the kind's byte, then text, or instructions of classic BPF.</summary>
    Filter,

    /// <summary>A custom option that may be copied: 32 bits of an enterprise number, then octets.</summary>
    Custom,
}
