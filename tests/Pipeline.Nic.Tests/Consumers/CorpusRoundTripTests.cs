using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>What was read of public captures, written and read again.</summary>
public sealed class CorpusRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FactThatNeeds(Need.Corpus)]
    public void Every_capture_is_the_same_after_writing_it_as_pcapng()
    {
        var files = Corpus.Table("oracle.tsv").Select(r => r["file"]).ToList();
        Assert.True(files.Count > 200);
        Assert.All(files, f => Assert.Equal(Copy(f, "copy.pcapng"), ReadBack.Digest(_folder["copy.pcapng"])));
    }

    [FactThatNeeds(Need.Corpus)]
    public void Every_capture_of_one_link_type_is_the_same_after_writing_it_as_pcap()
    {
        var files = Corpus.Table("oracle.tsv").Select(r => r["file"]).Where(IsOfOneLinkType).ToList();
        Assert.True(files.Count > 200);
        Assert.All(files, f => Assert.Equal(Copy(f, "copy.pcap"), ReadBack.Digest(_folder["copy.pcap"])));
    }

    [FactThatNeeds(Need.Corpus | Need.Tshark)]
    public void Tshark_sees_the_same_packets_in_a_copy()
    {
        // Generated files have blocks that tshark shows as packets and that are none, and packets without a time.
        var files = Corpus.Table("oracle.tsv").Select(r => r["file"]).Where((f, i) => i % 30 == 0 && !f.StartsWith("nggen", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 5);
        Assert.All(files, f =>
        {
            Copy(f, "copy.pcapng");
            Assert.Equal(Frames(Corpus.CapturePath(f)), Frames(_folder["copy.pcapng"]));
        });
    }

    private string Copy(string file, string name)
    {
        using var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder[name], KnownInterfaces = () => Interfaces(file) });
        return ReadBack.Through(Corpus.CapturePath(file), consumer);
    }

    private static IReadOnlyList<NicInterface> Interfaces(string file)
    {
        using var nic = CaptureFileNic.Open(Corpus.CapturePath(file));
        return nic.Interfaces;
    }

    private static bool IsOfOneLinkType(string file) => ReadBack.LinkTypes(Corpus.CapturePath(file)).Count <= 1;

    private static string[] Frames(string path)
    {
        var fields = Tool.Run("tshark", "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len", "-e", "frame.protocols");
        return fields.Output.Split('\n');
    }
}
