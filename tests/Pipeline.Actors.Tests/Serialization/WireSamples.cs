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
        Uid = -1234567890123,
        DataHost = "10.0.0.1",
        DataPort = 4054,
        FrameLimit = 128_000,
    };

    public static readonly NodeOffers Offers = new() { Node = "n2", Uid = 7, Edition = 3, Offers = [Capture, Flows] };

    private static readonly Guid Request = new("00112233-4455-6677-8899-aabbccddeeff");

    private static readonly AgreedGeneration Generation = new()
    {
        Number = 5,
        Was = 4,
        Hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        Bytes = 5,
        Source = "edge.rules",
        Who = "ann@host",
        At = 639_000_000_000_000_000,
        RollbackTo = 3,
        ConfirmBy = 639_000_000_600_000_000,
        Request = Request,
    };

    public static readonly TextPiece Piece = new() { Hash = Generation.Hash, Offset = 0, Total = 5, Bytes = [104, 101, 108, 108, 111] };

    private static readonly (object Message, string Manifest, string Bytes)[] All =
    [
        (Hello, "hello1",
            "fe00000931302e302e302e31d60f000000f40100036e3101000000efcdab896745230135fb048ee0feffff"),
        (new NodeWelcome { Node = "n2", Uid = 7, ToUid = 8 }, "welcome1",
            "fe0100036e3208000000000000000700000000000000"),
        (new NodeRefused { Node = "n2", ToUid = 8, Reason = "The limits of a frame differ." }, "refused1",
            "fe0200036e321e546865206c696d697473206f662061206672616d65206469666665722e0800000000000000"),
        (Offers, "offers1",
            "fe05000300000000000000036e32ff3d000000506970656c696e652e4163746f72732e436c75737465722e576972652e496e7374616e6365" +
            "4f666665725b5d2c20506970656c696e652e4163746f727302000000fe0400600000000863617074757265fe030002000000000000000001" +
            "000000fe0400ffff000006666c6f7773fe030001fe03000002010000030000000700000000000000"),
        (new AgreedRules { Confirmed = 4, ConfirmedBy = Request, Entries = [Generation] }, "agreed1",
            "fe07000400000033221100554477668899aabbccddeeffff40000000506970656c696e652e4163746f72732e436c75737465722e57697265" +
            "2e41677265656447656e65726174696f6e5b5d2c20506970656c696e652e4163746f727301000000fe06000080794b1d2fde080500000000" +
            "c63c6f1d2fde0841326366323464626135666230613330653236653833623261633562396532396531623136316535633166613734323565" +
            "373330343333363239333862393832340500000033221100554477668899aabbccddeeff030000000b656467652e72756c65730400000009" +
            "616e6e40686f7374"),
        (new RuleAsk
            {
                Id = Request, Verb = RuleVerb.Apply, Generation = 0, Expected = 4, Hash = Generation.Hash, Bytes = 5, Source = "edge.rules", Who = "ann@host",
                ConfirmWithin = 60_000,
            }, "ruleask1",
            "fe09000500000060ea0000000000000400000000000000413263663234646261356662306133306532366538336232616335623965323965" +
            "316231363165356331666137343235653733303433333632393338623938323433221100554477668899aabbccddeeff0b656467652e7275" +
            "6c6573fe08000109616e6e40686f7374"),
        (new RuleHeld { Id = Request, IsReady = true }, "ruleheld1",
            "fe0a0033221100554477668899aabbccddeeff01"),
        (new RuleGo { Id = Request }, "rulego1",
            "fe0b0033221100554477668899aabbccddeeff"),
        (new RuleReply { Id = Request, Kind = RuleReplyKind.Agreed, Generation = 5, ConfirmBy = 0, Words = "" }, "rulereply1",
            "fe0d0000000000000000000500000033221100554477668899aabbccddeefffe0c000101"),
        (new NodeRunsRules { Node = "n1", Uid = 7, Runs = Generation, IsAgreed = true, HasAuthority = true, Failed = 6, Why = "no room" }, "noderules1",
            "fe0e00060000000101036e31fe06000080794b1d2fde080500000000c63c6f1d2fde08413263663234646261356662306133306532366538" +
            "3362326163356239653239653162313631653563316661373432356537333034333336323933386239383234050000003322110055447766" +
            "8899aabbccddeeff030000000b656467652e72756c65730400000009616e6e40686f73740700000000000000086e6f20726f6f6d"),
        (new TextAsk { Hash = Generation.Hash, Offset = 65536 }, "textask1",
            "fe0f004132636632346462613566623061333065323665383362326163356239653239653162313631653563316661373432356537333034" +
            "33333632393338623938323400000100"),
        (Piece, "textpiece1",
            "fe1000090500000068656c6c6f41326366323464626135666230613330653236653833623261633562396532396531623136316535633166" +
            "613734323565373330343333363239333862393832340000000005000000"),
    ];

    /// <summary>Each message, its manifest and its bytes in hex.</summary>
    public static IEnumerable<object[]> Frozen() => All.Select(s => new[] { s.Message, s.Manifest, s.Bytes });

    /// <summary>The manifests and bytes alone.</summary>
    public static IEnumerable<object[]> Encoded() => All.Select(s => new object[] { s.Manifest, s.Bytes });

    public static IEnumerable<object> Messages => All.Select(s => s.Message);
}
