using System.Net;
using System.Net.Sockets;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Actors.Setup;

/// <summary>Finds the ports that guards have to know of this machine and this pipeline.</summary>
public static class KeepOutPorts
{
    /// <summary>Looks for the ports now. A dashboard that picks a free port has none yet.</summary>
    /// <param name="source">The traits of the source; null when none is open, and the options decide.</param>
    /// <returns>Null when guards are not in force: the source takes nothing from this machine, and nobody asked for them.</returns>
    public static GuardPorts? Of(PipelineOptions options, SourceTraits? source = null)
    {
        source ??= Backends.TraitsOf(SourceChoice.Resolve(options).Source);
        if (options.KeepOut != KeepOut.On && source is not { TakesFromStack: true }) return null;
        var ssh = SshPorts.Read();
        return new GuardPorts
        {
            Ssh = ssh.Ports,
            SshSource = ssh.Source,
            Own = source is { AsksSockets: true } ? new OwnReplies(UdpServers.Read()) { Tracking = ConnectionTracking.Read() } : null,
            Cluster = options.Cluster is { } node ? EndpointsOf(node) : [],
            Dashboard = options.Dashboard.For(source ?? SourceTraits.Live) is { Port: > 0 } address ? [address] : [],
        };
    }

    /// <summary>
    /// The ports at any address, because other nodes have addresses that this one hears of only later, and best the same ports; and the
    /// seeds, whatever their ports are.
    /// </summary>
    private static IReadOnlyList<IPEndPoint> EndpointsOf(ClusterOptions node)
    {
        var any = node.Listen.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        return [new(any, node.Listen.Port), new(any, node.DataAt.Port), .. node.Seeds.Where(s => s.Port != node.Listen.Port)];
    }

    /// <summary>Why no guard is in force on a live source, in the words of a line; null where one can be, or it is not live.</summary>
    public static string? WhyNone(SourceTraits? source) => source switch
    {
        { IsLive: true, IsCopy: true } => GuardsInWords.NothingIsTaken,
        { IsLive: true, IsOtherEnd: true } => GuardsInWords.NothingIsMissed,
        _ => null,
    };
}
