namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>Opens an <see cref="AfPacketNic"/>.</summary>
internal sealed class AfPacketBackend : IBackend
{
    public string Name => "afpacket";

    public SourceTraits Traits => SourceTraits.Live;

    public bool Opens(SourceOptions source) => source.Interface is not null;

    public INic Open(SourceOptions source) => AfPacketNic.Open(source.Interface!);
}
