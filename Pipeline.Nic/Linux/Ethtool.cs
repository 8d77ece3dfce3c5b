using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>linux/ethtool.h: what an interface's driver says of itself. Any socket of the interface's network namespace asks.</summary>
internal static unsafe class Ethtool
{
    // Linux, include/uapi/linux/ethtool.h
    private const uint ETHTOOL_GDRVINFO = 0x03;
    private const uint ETHTOOL_GSTRINGS = 0x1b;
    private const uint ETHTOOL_GSSET_INFO = 0x37;
    private const uint ETHTOOL_GFEATURES = 0x3a;
    private const int ETH_SS_FEATURES = 4;
    private const int ETH_GSTRING_LEN = 32;

    private const int CommandBytes = 4;
    private const int DriverInfoBytes = 196; // struct ethtool_drvinfo
    private const int DriverTextBytes = 32;
    private const int SetInfoBytes = 16; // struct ethtool_sset_info, without its data
    private const int StringsBytes = 12; // struct ethtool_gstrings, without its data
    private const int FeaturesBytes = 8; // struct ethtool_gfeatures, without its blocks
    private const int FeatureBlockBytes = 16; // struct ethtool_get_features_block
    private const int ActiveAt = 8;
    private const int BitsPerBlock = 32;
    private const int MostFeatures = 1024;

    /// <summary>The driver's name and version; null where the interface says nothing.</summary>
    public static (string Name, string Version)? DriverOf(SafeFileHandle socket, string name)
    {
        Span<byte> answer = stackalloc byte[DriverInfoBytes];
        if (!Ask(socket, name, ETHTOOL_GDRVINFO, answer)) return null;
        return (Text(answer.Slice(CommandBytes, DriverTextBytes)), Text(answer.Slice(CommandBytes + DriverTextBytes, DriverTextBytes)));
    }

    /// <summary>Every feature by the kernel's name for it (net/ethtool/common.c), and whether it is on.</summary>
    /// <returns>Empty where the interface says nothing.</returns>
    public static IReadOnlyDictionary<string, bool> FeaturesOf(SafeFileHandle socket, string name)
    {
        var found = new Dictionary<string, bool>();
        var count = CountOf(socket, name);
        if (count is <= 0 or > MostFeatures) return found;
        var names = new byte[StringsBytes + (count * ETH_GSTRING_LEN)];
        MemoryMarshal.Write(names.AsSpan(4), ETH_SS_FEATURES);
        MemoryMarshal.Write(names.AsSpan(8), count);
        var blocks = (count + BitsPerBlock - 1) / BitsPerBlock;
        var states = new byte[FeaturesBytes + (blocks * FeatureBlockBytes)];
        MemoryMarshal.Write(states.AsSpan(4), blocks);
        if (!Ask(socket, name, ETHTOOL_GSTRINGS, names) || !Ask(socket, name, ETHTOOL_GFEATURES, states)) return found;
        for (var i = 0; i < count; i++)
        {
            var active = MemoryMarshal.Read<uint>(states.AsSpan(FeaturesBytes + (i / BitsPerBlock * FeatureBlockBytes) + ActiveAt));
            var feature = Text(names.AsSpan(StringsBytes + (i * ETH_GSTRING_LEN), ETH_GSTRING_LEN));
            if (feature.Length > 0) found[feature] = (active & (1u << (i % BitsPerBlock))) != 0;
        }

        return found;
    }

    private static int CountOf(SafeFileHandle socket, string name)
    {
        Span<byte> answer = stackalloc byte[SetInfoBytes + sizeof(int)];
        answer.Clear();
        MemoryMarshal.Write(answer[8..], 1UL << ETH_SS_FEATURES);
        return Ask(socket, name, ETHTOOL_GSSET_INFO, answer) ? MemoryMarshal.Read<int>(answer[SetInfoBytes..]) : 0;
    }

    private static bool Ask(SafeFileHandle socket, string name, uint command, Span<byte> answer)
    {
        MemoryMarshal.Write(answer, command);
        fixed (byte* at = answer) return NetDevice.AskDriver(socket, name, at);
    }

    private static string Text(ReadOnlySpan<byte> padded)
    {
        var end = padded.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? padded : padded[..end]);
    }
}
