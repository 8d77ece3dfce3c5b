namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>A map that a program needs: the parameters of its creation, and its entries before the program runs.</summary>
/// <param name="Name">Up to 15 characters, as the kernel keeps it (BPF_OBJ_NAME_LEN, linux/bpf.h).</param>
/// <param name="Keys">The keys of all entries, one after the other; empty where the program fills the map.</param>
/// <param name="Values">Likewise.</param>
internal sealed record EbpfMap(string Name, EbpfMapType Type, int KeyBytes, int ValueBytes, int MostEntries, byte[] Keys, byte[] Values)
{
    public int Entries => Keys.Length / KeyBytes;
}

/// <summary>Kinds of maps (enum bpf_map_type, linux/bpf.h).</summary>
internal enum EbpfMapType
{
    Hash = 1,
    Array = 2,

    /// <summary>One array for each CPU, so that counting needs no lock.</summary>
    PerCpuArray = 6,

    /// <summary>AF_XDP sockets by queue.</summary>
    Sockets = 17,
}
