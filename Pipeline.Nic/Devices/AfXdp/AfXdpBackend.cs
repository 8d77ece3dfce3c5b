using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>Opens an <see cref="AfXdpNic"/>.</summary>
internal sealed class AfXdpBackend : IBackend
{
    public string Name => "afxdp";

    public SourceTraits Traits => SourceTraits.LiveTaken;

    public bool Opens(SourceOptions source) => source.Interface is not null && source.Backend == Name;

    public string InWords(SourceOptions source)
    {
        var mode = source.Mode switch
        {
            XdpMode.Native => "in the driver",
            XdpMode.Generic => "behind the driver",
            _ => "in the driver if it can, else behind it",
        };
        return $"{Name} takes what routes want by a program {mode}; the normal stack keeps everything else";
    }

    public INic Open(SourceOptions source)
    {
        try
        {
            return AfXdpNic.Open(source.Interface!, new AfXdpOptions { Queues = source.Queues, Mode = source.Mode });
        }
        catch (XdpException e) when (!e.IsPrivilegeMissing)
        {
            throw new UnavailableException($"{source.Interface}: {e.Message}", e);
        }
    }
}
