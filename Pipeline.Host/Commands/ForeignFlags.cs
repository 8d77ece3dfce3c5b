namespace Pipeline.Host.Commands;

/// <summary>Flags that tcpdump or dumpcap has and this program has not, and what there is instead.</summary>
internal static class ForeignFlags
{
    private static readonly Dictionary<string, string> Instead = new()
    {
        ["-z"] = "nothing is run for a finished file; a name that ends in .gz or .zst is written compressed, and `inotifywait -m -e close_write DIR` tells of others",
        ["-Z"] = "start it as that user, with the capabilities that `pipeline doctor` names",
        ["-B"] = "the memory of packets is `source { pool { } }` of a configuration",
        ["-d"] = "`pipeline explain EXPR --as cbpf` prints the compiled expression",
        ["-dd"] = "`pipeline export --to cbpf` prints compiled rules",
        ["-f"] = "the expression needs no flag: it comes last",
        ["-g"] = "files are made with the permissions that the umask says",
        ["-H"] = "nothing of 802.11 is read",
        ["-I"] = "monitor mode is switched on with `iw`",
        ["-j"] = "times are those of the kernel",
        ["-J"] = "times are those of the kernel",
        ["-K"] = "leave it out: checksums are checked by nobody who prints",
        ["-L"] = "`pipeline devices` lists interfaces and what each can do",
        ["-M"] = "signatures of TCP are not checked",
        ["-N"] = "leave it out: nothing is printed but numbers",
        ["-P"] = "a name that ends in .pcap is written as pcap, any other as pcapng",
        ["-T"] = "what is in UDP is not read",
        ["-u"] = "NFS is not read",
        ["-V"] = "give each file with -r of its own",
        ["-y"] = "an interface has the link type that it has",
    };

    /// <param name="flag">As it was written, with its dash.</param>
    /// <returns>What there is instead; null for a flag that they have not, or that does not matter.</returns>
    public static string? WordsOf(string flag) => Instead.GetValueOrDefault(flag);
}
