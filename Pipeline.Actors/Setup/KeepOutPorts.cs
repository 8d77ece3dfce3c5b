using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Actors.Setup;

/// <summary>What guards have to know of this machine and this pipeline.</summary>
public static class KeepOutPorts
{
    /// <summary>Looks for the ports now. A dashboard that picks a free port has none yet.</summary>
    /// <returns>Null where guards are not in force: no source of this version is live.</returns>
    public static GuardPorts? Of(PipelineOptions options)
    {
        if (options.KeepOut != KeepOut.On) return null;
        var ssh = SshPorts.Read();
        return new GuardPorts
        {
            Ssh = ssh.Ports,
            SshSource = ssh.Source,
            Dashboard = options.Dashboard.For(options.Source) is { Port: > 0 and var port } ? [port] : [],
        };
    }
}
