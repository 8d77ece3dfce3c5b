using System.IO.Compression;
using System.IO.Pipes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Compression;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

public sealed class CompressedCaptureTests
{
    public static TheoryData<string> Ways => [.. Packed.Ways.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_compressed_capture_gives_what_the_capture_gives(string way)
    {
        var capture = Records(200);
        var (plain, packed) = (Drained.Bytes(capture), Drained.Bytes(Packed.Ways[way](capture)));
        Assert.Null(packed.Error);
        Assert.Equal((plain.ContentsHash, plain.TimesHash), (packed.ContentsHash, packed.TimesHash));
    }

    [Fact]
    public void A_block_to_be_skipped_is_skipped_in_what_is_compressed()
    {
        var capture = new CaptureBytes().Section().Interface().Block(0x0bad0bad, new byte[300_000]).Enhanced(0, 1, [1, 2]).ToArray();
        var drained = Drained.Bytes(Packed.Gzip(capture));
        Assert.Null(drained.Error);
        Assert.Equal(2, Assert.Single(drained.Packets).CapturedLength);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("lz4 with linked blocks")]
    public void Wherever_a_compressed_capture_breaks_off_no_packet_before_is_lost(string way)
    {
        var packed = Packed.Ways[way](Records(30));
        for (var cut = 4; cut < packed.Length; cut++)
        {
            var drained = Drained.Bytes(packed[..cut]);
            Assert.Equal(cut, Assert.IsType<CaptureFormatException>(drained.Error).ByteOffset);
            Assert.Equal(PacketsIn(Unpacked.Of(packed[..cut]).Bytes), drained.Packets.Count);
        }
    }

    [Fact]
    public void A_fault_in_the_capture_is_told_apart_from_one_in_the_compressed_file()
    {
        var broken = Drained.Bytes(Packed.Gzip(Records(3)[..^1]));
        var cut = Drained.Bytes(Packed.Gzip(Records(3))[..^1]);
        Assert.Contains("/capture, decompressed: at byte 85: the capture breaks off in a packet", broken.Error?.Message);
        Assert.Contains("/capture: at byte ", cut.Error?.Message);
        Assert.EndsWith("the file breaks off in the checksum of a gzip member", cut.Error?.Message);
        Assert.Equal((2, 3), (broken.Packets.Count, cut.Packets.Count));
    }

    [Theory]
    [InlineData("", "the capture is empty")]
    [InlineData("hello", "the first bytes are 68656c6c")]
    [InlineData("BZh91AY", "bzip2 -dc FILE")]
    [InlineData("\u001f\u008b\u0008\0", "is compressed with gzip; decompress it first: gzip -dc FILE | pipeline run -r -")]
    public void What_is_compressed_and_not_a_capture_is_named(string contents, string expected)
    {
        var drained = Drained.Bytes(Packed.Gzip(System.Text.Encoding.Latin1.GetBytes(contents)));
        Assert.Contains("/capture, decompressed: at byte 0: ", drained.Error?.Message);
        Assert.Contains(expected, drained.Error?.Message);
    }

    [Fact]
    public void A_section_without_packets_opens_though_the_file_breaks_off_behind_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], Packed.Gzip(new CaptureBytes().Section().Interface().ToArray())[..^4]);
        using var nic = CaptureFileNic.Open(folder["x"], 4096, 2);
        Assert.Single(nic.Interfaces);
        Assert.Throws<CaptureFormatException>(() => Receive(nic, out _));
        Assert.Throws<CaptureFormatException>(() => Receive(nic, out _));
    }

    [Fact]
    public void Progress_is_told_in_bytes_of_the_compressed_file()
    {
        using var folder = new TemporaryFolder();
        var packed = Packed.Gzip(Records(5000));
        File.WriteAllBytes(folder["x"], packed);
        using var nic = CaptureFileNic.Open(folder["x"], 4096, 2);
        while (Receive(nic, out _) != ReceiveStatus.End)
        {
        }

        Assert.Equal((packed.Length, packed.Length), (nic.BytesTotal, nic.BytesRead));
    }

    [Fact]
    public void A_compressed_stream_gives_a_packet_when_its_bytes_have_been_flushed()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var gzip = new GZipStream(pipe, CompressionLevel.Optimal);
        gzip.Write(new CaptureBytes().PcapHeader().ToArray());
        gzip.Flush();
        using var nic = CaptureFileNic.Open($"/proc/{Environment.ProcessId}/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}", 4096, 2);
        Assert.Equal(ReceiveStatus.Empty, Receive(nic, out _));

        for (uint i = 1; i < 10; i++)
        {
            gzip.Write(new CaptureBytes().PcapRecord(i, 0, [1, 2, 3]).ToArray());
            gzip.Flush();
            Assert.Equal(ReceiveStatus.Received, Receive(nic, out var packets));
            Assert.Equal((1, ReceiveStatus.Empty), (packets, Receive(nic, out _)));
        }
    }

    [FactThatNeeds(Need.Compressors)]
    public void What_the_programs_write_is_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], Records(3000));
        var expected = Drained.File(folder["x"]).ContentsHash;
        foreach (var (command, name) in Commands(folder["x"]))
        {
            var result = Tool.Run("bash", "-c", $"{command} > {folder[name]}");
            Assert.True(result.ExitCode == 0, result.Errors);
            var drained = Drained.File(folder[name], 4096);
            Assert.True(drained.Error is null, $"{command}: {drained.Error?.Message}");
            Assert.Equal((command, expected), (command, drained.ContentsHash));
        }
    }

    private static IEnumerable<(string Command, string Name)> Commands(string file) =>
    [
        ($"gzip -1 -c {file}", "1.gz"), ($"gzip -9 -c {file}", "9.gz"), ($"(head -c 999 {file} | gzip; tail -c +1000 {file} | gzip)", "two.gz"),
        ($"zstd -q -c {file}", "a.zst"), ($"zstd -q -c -19 --long=27 < {file}", "long.zst"), ($"zstd -q -c --no-check -T2 -B4096 {file}", "t.zst"),
        ($"lz4 -q -c {file}", "a.lz4"), ($"lz4 -q -c -BD -B4 -BX --content-size {file}", "d.lz4"), ($"lz4 -q -c -9 -BD --no-frame-crc {file}", "9.lz4"),
    ];

    private static byte[] Records(int count)
    {
        var capture = new CaptureBytes().PcapHeader();
        for (uint i = 0; i < count; i++) capture.PcapRecord(i, i, [.. Enumerable.Range(0, 14 + (int)(i % 50)).Select(b => (byte)(b ^ i))]);
        return capture.ToArray();
    }

    private static int PacketsIn(byte[] capture)
    {
        var count = 0;
        for (var at = 24; at + 16 <= capture.Length; count++)
        {
            at += 16 + BitConverter.ToInt32(capture, at + 8);
            if (at > capture.Length) break;
        }

        return count;
    }

    private static ReceiveStatus Receive(CaptureFileNic nic, out int packets)
    {
        using var bundle = new BundlePool(64).Rent(nic.Queues[0].DeviceShare, new PacketAccount("test", AccountKind.Consumer), NicInterface.Unknown);
        var status = nic.Queues[0].Receive(bundle);
        packets = bundle.Count;
        return status;
    }
}
