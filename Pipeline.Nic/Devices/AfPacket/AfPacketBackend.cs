using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>Opens an <see cref="AfPacketNic"/>.</summary>
internal sealed class AfPacketBackend : IBackend
{
    private const int FewestBlocks = 8;

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

    /// <summary>As many queues as the interface has, unless another number is asked for. They share the memory of one.</summary>
    private static AfPacketOptions OptionsOf(SourceOptions source)
    {
        var options = new AfPacketOptions { IsPromiscuous = source.IsPromiscuous, Direction = source.Direction };
        var queues = source.Queues ?? Math.Min(EthtoolChannels.ReceiveQueuesOf(source.Interface!) ?? 1, AfPacketOptions.MostQueues);
        return options with { Queues = queues, Blocks = Math.Max(FewestBlocks, options.Blocks / queues) };
    }
}
