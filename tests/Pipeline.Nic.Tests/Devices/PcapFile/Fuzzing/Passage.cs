using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>How a capture goes through the reader.</summary>
/// <param name="PageBytes">Small, so that much straddles pages and much ends with one.</param>
/// <param name="BundlePackets">Packets to a bundle.</param>
/// <param name="Held">Bundles that are kept before the first of them goes home.</param>
/// <param name="Chunk">Bytes that are written into a pipe at a time; 0 for a file.</param>
internal readonly record struct Passage(int PageBytes, int Pages, int BundlePackets, int Held, int Chunk)
{
    public static Passage Any(Chance chance) => new(
        chance.Of([64, 64, 128, 128, 256, 256, 512, 1024, 4096]),
        chance.Of([2, 3, 4, 8]),
        chance.Of([1, 2, 5, 64]),
        chance.Below(6),
        chance.OneIn(32) ? chance.Of([1, 7, 64, 1000]) : 0);

    public override string ToString() =>
        $"{Pages} pages of {PageBytes} bytes, bundles of {BundlePackets}, {Held} held, {(Chunk == 0 ? "a file" : $"a pipe with {Chunk} bytes at a time")}";
}
