using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>The interfaces of a capture, in the order they were described. One thread adds, any thread reads.</summary>
internal sealed class InterfaceList : AppendOnlyList<NicInterface>
{
    /// <summary>
    /// The most interfaces over all sections of a file. No machine has nearly as many. There is a limit because a file full of interfaces
    /// must not fill the memory.
    /// </summary>
    public const int Most = 128 * 1024;
}
