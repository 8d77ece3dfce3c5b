namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>Opens an <see cref="AfPacketNic"/>.</summary>
internal sealed class AfPacketBackend : IBackend
{
    public string Name => "afpacket";

    public SourceTraits Traits => SourceTraits.LiveCopy;

    public bool Opens(SourceOptions source) => source.Interface is not null && (source.Backend ?? Name) == Name;

    public INic Open(SourceOptions source) => AfPacketNic.Open(source.Interface!, OptionsOf(source));

    public string InWords(SourceOptions source)
    {
        var direction = source.Direction switch
        {
            PacketDirection.In => "comes in",
            PacketDirection.Out => "goes out",
            _ => "comes in and goes out",
        };
        return $"{Name} copies what {direction}{(source.IsPromiscuous ? ", promiscuous" : "")}; the normal stack keeps every packet";
    }

    private static AfPacketOptions OptionsOf(SourceOptions source) =>
        new() { IsPromiscuous = source.IsPromiscuous, Direction = source.Direction, Queues = source.Queues ?? 1 };
}
