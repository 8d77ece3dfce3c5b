using Pipeline.Actors.Cluster.Wire;

namespace Pipeline.Actors.Tests.Serialization;

/// <summary>One message of each type, and its bytes for good.</summary>
internal static class WireSamples
{
    public static readonly InstanceOffer Capture = new()
    {
        Group = "capture", Number = 0, Lane = 0, Kind = InstanceKind.AfPacket, BytesOfPacket = 96, Weight = 1,
    };

    public static readonly InstanceOffer Flows = new()
    {
        Group = "flows", Number = 258, Lane = 1022, Kind = InstanceKind.Bypass, BytesOfPacket = 65535, Weight = 3,
    };

    public static readonly NodeHello Hello = new()
    {
        Protocol = 1,
        TypesHash = 0x0123456789abcdef,
        Node = "n1",
        Roles = ["nic", "consumer"],
        Uid = -1234567890123,
        DataHost = "10.0.0.1",
        DataPort = 4054,
        FrameLimit = 128_000,
    };

    public static readonly NodeOffers Offers = new() { Node = "n2", Uid = 7, Edition = 3, Offers = [Capture, Flows] };

    private static readonly (object Message, string Manifest, string Bytes)[] All =
    [
        (Hello, "hello1",
            "fe00000931302e302e302e31d60f000000f40100036e3101000000fc0702000000046e696309636f6e73756d6572efcdab896745230135fb" +
            "048ee0feffff"),
        (new NodeWelcome { Node = "n2", Uid = 7, ToUid = 8 }, "welcome1",
            "fe0100036e3208000000000000000700000000000000"),
        (new NodeRefused { Node = "n2", ToUid = 8, Reason = "The limits of a frame differ." }, "refused1",
            "fe0200036e321e546865206c696d697473206f662061206672616d65206469666665722e0800000000000000"),
        (Offers, "offers1",
            "fe05000300000000000000036e32ff3d000000506970656c696e652e4163746f72732e436c75737465722e576972652e496e7374616e6365" +
            "4f666665725b5d2c20506970656c696e652e4163746f727302000000fe0400600000000863617074757265fe030002000000000000000001" +
            "000000fe0400ffff000006666c6f7773fe030001fe03000002010000030000000700000000000000"),
        (new NodeLeft { Node = "n2", Uid = 7 }, "left1",
            "fe0600036e320700000000000000"),
    ];

    /// <summary>Each message, its manifest and its bytes in hex.</summary>
    public static IEnumerable<object[]> Frozen() => All.Select(s => new[] { s.Message, s.Manifest, s.Bytes });

    /// <summary>The manifests and bytes alone.</summary>
    public static IEnumerable<object[]> Encoded() => All.Select(s => new object[] { s.Manifest, s.Bytes });

    public static IEnumerable<object> Messages => All.Select(s => s.Message);
}
