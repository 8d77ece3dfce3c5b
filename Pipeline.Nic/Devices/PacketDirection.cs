namespace Pipeline.Nic.Devices;

/// <summary>Which packets of an interface are given out, as seen from this machine (tcpdump(1), <c>-Q</c>).</summary>
public enum PacketDirection
{
    /// <summary>Those that come in.</summary>
    In,

    /// <summary>Those that this machine sends.</summary>
    Out,

    /// <summary>Both.</summary>
    InOut,
}
