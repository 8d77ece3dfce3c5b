using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>Opens an <see cref="AfXdpNic"/>.</summary>
internal sealed class AfXdpBackend : IBackend
{
    private static readonly string[] NeededToTake = ["CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_BPF", "CAP_PERFMON"];

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
        catch (XdpException e) when (e.IsPrivilegeMissing)
        {
            // The kernel refuses at the first that is missing; whoever gives it should not meet the next.
            throw new MissingCapabilityException(source.Interface!, "taking packets", NeededToTake, e);
        }
        catch (XdpException e)
        {
            var isNamed = e.Message.Contains(source.Interface!, StringComparison.Ordinal);
            throw new UnavailableException(isNamed ? e.Message : $"{source.Interface}: {e.Message}", e);
        }
    }
}
