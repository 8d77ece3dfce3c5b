namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>A map that a program needs: the parameters of its creation, and its entries before the program runs.</summary>
/// <param name="Name">Up to 15 characters, as the kernel keeps it (BPF_OBJ_NAME_LEN, linux/bpf.h).</param>
/// <param name="Keys">The keys of all entries, one after the other; empty where the program fills the map.</param>
/// <param name="Values">Likewise.</param>
internal sealed record EbpfMap(string Name, EbpfMapType Type, int KeyBytes, int ValueBytes, int MostEntries, byte[] Keys, byte[] Values)
{
    /// <summary>Whether the process maps its memory and reads and writes it without a system call; an array with one value.</summary>
    public bool IsMapped { get; init; }

    /// <summary>Whether all programs of an interface use one and the same.</summary>
    public bool IsShared { get; init; }

    /// <summary>An array whose one value the process maps.</summary>
    public static EbpfMap Mapped(string name, int bytes) =>
        new(name, EbpfMapType.Array, sizeof(uint), bytes, 1, [], []) { IsMapped = true };

    public int Entries => Keys.Length / KeyBytes;
}

/// <summary>Kinds of maps (enum bpf_map_type, linux/bpf.h).</summary>
internal enum EbpfMapType
{
    Hash = 1,
    Array = 2,

    /// <summary>Events of perf by CPU, into whose memory programs write.</summary>
    PerfEvents = 4,

    /// <summary>An array of maps that are alike.</summary>
    ArrayOfMaps = 12,

    /// <summary>AF_XDP sockets by queue.</summary>
    Sockets = 17,
}
