using Pipeline.Nic.Pages;
using Pipeline.Nic.Accounts;
using System.Text;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

public sealed class OpeningTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData("\u00fd7zXZ\0", "is compressed with xz; decompress it first: xz -dc FILE | pipeline run -r -")]
    [InlineData("BZh9", "bzip2 -dc FILE")]
    [InlineData("PK\u0003\u0004", "is a zip archive; unpack it first: unzip -p FILE | pipeline run -r -")]
    [InlineData("7z\u00bc\u00af'\u001c", "7z archive")]
    [InlineData("\u001f\u009d\u0090", "is compressed with compress into a .Z file; decompress it first: gzip -dc FILE")]
    [InlineData("\u0002!L\u0018", "lz4 in its legacy format; decompress it first: lz4 -dc FILE")]
    [InlineData("x\u009c\u0001\u0002", "zlib")]
    [InlineData("<!DOCTYPE html>", "HTML")]
    [InlineData("hello", "the first bytes are 68656c6c")]
    [InlineData("\u00d4\u00c3", "breaks off in the file header: 2 bytes")]
    public void What_is_not_a_capture_is_named(string start, string expected)
    {
        var drained = Drained.Bytes(Encoding.Latin1.GetBytes(start));

        var fault = Assert.IsType<CaptureFormatException>(drained.Error);
        Assert.Equal(0, fault.ByteOffset);
        Assert.Contains(expected, fault.Fault);
    }

    [FactThatNeeds(Need.Corpus)]
    public void An_erf_capture_is_named() =>
        Assert.Contains("ERF", Drained.File(Corpus.CapturePath("libtrace__100_packets.erf")).Error?.Message);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var error = Assert.Throws<FileNotFoundException>(() => CaptureFileNic.Open("/nowhere.pcap"));

        Assert.Contains("/nowhere.pcap", error.Message);
    }

    [Fact]
    public void A_folder_is_said_to_be_one()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsAny<IOException>(() => CaptureFileNic.Open(folder.FullName));

        Assert.Contains(folder.FullName, error.Message);
        Assert.Contains("EISDIR", error.Message);
    }

    [Fact]
    public void Progress_is_told_in_bytes_of_the_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], new CaptureBytes().PcapHeader().PcapRecord(1, 1, new byte[10_000]).ToArray());

        using var nic = CaptureFileNic.Open(folder["x"], 4096, 2);

        Assert.Equal(24 + 16 + 10_000, nic.BytesTotal);
        Assert.InRange(nic.BytesRead, 24, 4096);
    }

    [Fact]
    public void A_fault_is_thrown_again_by_every_later_call()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], new CaptureBytes().PcapHeader().U32(1).ToArray());
        using var nic = CaptureFileNic.Open(folder["x"], 4096, 2);
        var account = new PacketAccount("test", AccountKind.Consumer);
        using var bundle = new BundlePool(64).Rent(nic.Queues[0].DeviceShare, account, NicInterface.Unknown);
        Assert.Throws<CaptureFormatException>(() => nic.Queues[0].Receive(bundle));

        Assert.Throws<CaptureFormatException>(() => nic.Queues[0].Receive(bundle));
    }
}
