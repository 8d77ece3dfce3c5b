using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>The TCP ports at which this machine is reached by ssh.</summary>
/// <param name="Ports">Ascending, at least one.</param>
/// <param name="Source">The source of the ports, in words that follow "by".</param>
public sealed record SshPorts(IReadOnlyList<int> Ports, string Source)
{
    private const int Usual = 22;
    private const string Daemon = "sshd";

    private static readonly string[] Tables = ["tcp", "tcp6"];

    /// <summary>
    /// Looks for sockets that a process named sshd listens on. Where there are none, or the process is not permitted to see them, or
    /// systemd listens in its place, sshd's configuration counts. If that names no port, port 22 counts. Only this network namespace is
    /// seen.
    /// </summary>
    /// <param name="proc">Stands in for <c>/proc</c>.</param>
    /// <param name="configuration">Stands in for <c>/etc/ssh</c>.</param>
    public static SshPorts Read(string proc = "/proc", string configuration = "/etc/ssh")
    {
        if (Of(Listened(proc)) is { Count: > 0 } listened) return new SshPorts(listened, "the sockets of sshd");
        if (Of(Configured(configuration)) is { Count: > 0 } configured) return new SshPorts(configured, "sshd_config");
        return new SshPorts([Usual], "default");
    }

    private static List<int> Of(IEnumerable<int> ports) => [.. ports.Distinct().Order()];

    private static IEnumerable<int> Listened(string proc)
    {
        var tables = Tables.Select(file => OptionalFiles.Text(Path.Combine(proc, "net", file)));
        var sockets = tables.SelectMany(text => WaitingSocket.In(text, WaitingSocket.Listening))
            .ToLookup(s => $"socket:[{s.Inode}]", s => s.Port);
        if (sockets.Count == 0) return [];
        var daemons = OptionalFiles.Entries(proc).Where(folder => OptionalFiles.Text(Path.Combine(folder, "comm"))?.TrimEnd() == Daemon);
        var files = daemons.SelectMany(folder => OptionalFiles.Entries(Path.Combine(folder, "fd")));
        return files.SelectMany(file => sockets[OptionalFiles.Target(file)]);
    }

    private static IEnumerable<int> Configured(string folder) =>
        OptionalFiles.Entries(Path.Combine(folder, "sshd_config.d"))
            .Where(file => file.EndsWith(".conf", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Prepend(Path.Combine(folder, "sshd_config"))
            .SelectMany(file => SshdConfig.PortsOf(OptionalFiles.Text(file) ?? ""));
}
