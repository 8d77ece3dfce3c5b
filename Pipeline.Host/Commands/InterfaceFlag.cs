using System.Globalization;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands;

/// <summary>The value of <c>-i IF[:backend[:queues]]</c>.</summary>
/// <param name="Name">The interface's name, or its number in the list of <c>pipeline devices</c>.</param>
/// <param name="Backend">The backend; null where the routes decide.</param>
/// <param name="Queues">The number of queues to open; null for all there are.</param>
internal sealed record InterfaceFlag(string Name, string? Backend, int? Queues)
{
    /// <exception cref="UsageException">The text is of another form.</exception>
    public static InterfaceFlag? Read(string flag, string? text)
    {
        if (text is null) return null;
        // The kernel allows no colon in a name (net/core/dev.c, dev_valid_name).
        var parts = text.Split(':');
        if (parts.Length > 3 || parts.Any(p => p.Length == 0))
            throw new UsageException($"{flag} {Quoted.Short(text)}: expected IF, IF:BACKEND or IF:BACKEND:QUEUES, such as eth0:afpacket");
        return new InterfaceFlag(
            parts[0],
            parts.Length > 1 ? BackendIn(flag, text, parts[1]) : null,
            parts.Length > 2 ? QueuesIn(flag, text, parts[2]) : null);
    }

    private static string BackendIn(string flag, string text, string name) => Backends.InterfaceNames.Contains(name)
        ? name
        : throw new UsageException($"{flag} {Quoted.Short(text)}: {Quoted.Short(name)} is no backend; expected one of {string.Join(", ", Backends.InterfaceNames)}");

    private static int QueuesIn(string flag, string text, string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var queues) && queues is >= 1 and <= SourceOptions.MostQueues
            ? queues
            : throw new UsageException($"{flag} {Quoted.Short(text)}: expected a number of queues from 1 to {SourceOptions.MostQueues}");
}
