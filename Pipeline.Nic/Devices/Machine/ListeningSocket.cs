using System.Globalization;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>A TCP socket that waits for connections.</summary>
/// <param name="Port">Where it listens.</param>
/// <param name="Inode">Its number in <c>/proc/PID/fd</c>.</param>
internal readonly record struct ListeningSocket(int Port, long Inode)
{
    /// <summary>TCP_LISTEN of net/tcp_states.h.</summary>
    private const string Listening = "0A";

    /// <summary>
    /// Reads <c>/proc/net/tcp</c> or <c>tcp6</c> (Linux, Documentation/networking/proc_net_tcp.rst); other lines are left out.
    /// </summary>
    public static IEnumerable<ListeningSocket> In(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            // sl local_address rem_address st tx:rx_queue tr:tm->when retrnsmt uid timeout inode
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 10 || fields[3] != Listening) continue;
            var port = fields[1].AsSpan(fields[1].LastIndexOf(':') + 1);
            if (ushort.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
                && long.TryParse(fields[9], CultureInfo.InvariantCulture, out var inode))
                yield return new ListeningSocket(number, inode);
        }
    }
}
