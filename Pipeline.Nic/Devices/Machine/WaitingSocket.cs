using System.Globalization;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>A socket at which a program waits for connections, or for packets from anybody.</summary>
/// <param name="Port">Where it waits.</param>
/// <param name="Inode">Its number in <c>/proc/PID/fd</c>.</param>
internal readonly record struct WaitingSocket(int Port, long Inode)
{
    /// <summary>The state of a TCP socket that waits for connections: TCP_LISTEN of net/tcp_states.h.</summary>
    public const string Listening = "0A";

    /// <summary>The state of a UDP socket without a peer: TCP_CLOSE of net/tcp_states.h.</summary>
    public const string WithoutPeer = "07";

    /// <summary>
    /// Reads <c>/proc/net/tcp</c> or <c>tcp6</c> (Linux, Documentation/networking/proc_net_tcp.rst), or <c>udp</c> or <c>udp6</c>, which
    /// have that form; other lines are left out.
    /// </summary>
    /// <param name="text">Null for a file that could not be read.</param>
    /// <param name="state">As the file writes it.</param>
    public static IEnumerable<WaitingSocket> In(string? text, string state)
    {
        foreach (var line in (text ?? "").Split('\n'))
        {
            // sl local_address rem_address st tx:rx_queue tr:tm->when retrnsmt uid timeout inode
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 10 || fields[3] != state) continue;
            var port = fields[1].AsSpan(fields[1].LastIndexOf(':') + 1);
            if (ushort.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
                && long.TryParse(fields[9], CultureInfo.InvariantCulture, out var inode))
                yield return new WaitingSocket(number, inode);
        }
    }
}
