namespace Pipeline.Benchmarks.Captures;

/// <summary>Which sizes packets have.</summary>
internal enum PacketMix
{
    /// <summary>60 bytes each, the shortest on Ethernet without its check sequence.</summary>
    Small,

    /// <summary>60, 590 and 1514 bytes in the proportion 7:4:1, the simple IMIX of traffic generators, without the check sequence.</summary>
    Imix,
}
