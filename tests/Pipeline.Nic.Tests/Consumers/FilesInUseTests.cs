using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>Outputs are opened while the names of things change, so that only what is open can be asked.</summary>
public sealed class FilesInUseTests : IDisposable
{
    private const string Words = "not to be lost";

    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();
    private readonly FilesInUse _files;

    public FilesInUseTests()
    {
        File.WriteAllText(_folder["in.pcap"], Words);
        _files = new FilesInUse([_folder["in.pcap"], _folder["edge.rules"]], heldOpen: _folder["in.pcap"]);
    }

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("ln")]
    [InlineData("ln -s")]
    public void A_capture_over_the_input_is_refused_and_the_input_stays(string link)
    {
        Link(link, "in.pcap", "out.pcap");

        var refusal = Assert.Throws<OutputException>(() => Capture("out.pcap"));

        Assert.True(refusal.IsConflict);
        Assert.Equal($"{_folder["out.pcap"]}: would be overwritten while it is read; write to another place", refusal.Message);
        Assert.Equal(Words, File.ReadAllText(_folder["in.pcap"]));
    }

    [Fact]
    public void An_input_that_came_later_under_its_name_is_one_too()
    {
        File.WriteAllText(_folder["edge.rules"], Words);
        Link("ln", "edge.rules", "out.csv");

        Assert.Throws<OutputException>(() => new FlowsConsumer(_folder["out.csv"], new FlowOptions(), new HandlerContext("flows"), _files));
        Assert.Equal(Words, File.ReadAllText(_folder["edge.rules"]));
    }

    [Fact]
    public void Rules_that_were_replaced_are_an_input_no_more()
    {
        File.WriteAllText(_folder["edge.rules"], Words);
        var files = new FilesInUse([_folder["edge.rules"]]);
        File.Move(_folder["edge.rules"], _folder["old.rules"]);

        Assert.Null(files.RefusalOf(_folder["old.rules"]));
    }

    [Fact]
    public void An_input_whose_name_was_given_away_is_still_one()
    {
        File.Move(_folder["in.pcap"], _folder["old.pcap"]);

        Assert.NotNull(_files.RefusalOf(_folder["old.pcap"]));
    }

    [Fact]
    public void Two_captures_in_one_file_are_refused_until_the_first_is_closed()
    {
        var first = Capture("out.pcap");
        Link("ln", "out.pcap", "other.pcap");

        var refusal = Assert.Throws<OutputException>(() => Capture("other.pcap"));
        first.Complete();
        first.Dispose();
        Capture("other.pcap").Dispose();

        Assert.Contains("two captures would be written to it", refusal.Message);
    }

    [Fact]
    public void What_anybody_may_write_to_is_no_file_in_use()
    {
        var sink = new FilesInUse(["/dev/null"]);

        Assert.Null(sink.RefusalOf("/dev/null"));
        Capture("/dev/null", sink).Dispose();
        Capture("/dev/null", sink).Dispose();
    }

    [Fact]
    public void A_file_that_is_there_is_emptied()
    {
        File.WriteAllText(_folder["out.pcap"], new string('x', 10_000));

        Capture("out.pcap").Dispose();

        Assert.Equal(24, new FileInfo(_folder["out.pcap"]).Length);
    }

    [Fact]
    public void A_series_deletes_its_own_files_alone()
    {
        using var series = Capture("web.pcapng", _files, new CaptureRotation { FileBytes = 1, Files = 1 });
        var first = Assert.Single(Directory.GetFiles(_folder.FullName, "web_00001_*"));
        File.Delete(first);
        File.WriteAllText(first, Words);

        _feed.Give(series, PacketFeed.Sized(60), PacketFeed.Sized(60));
        series.Complete();

        Assert.Equal(Words, File.ReadAllText(first));
        Assert.Equal(2, Directory.GetFiles(_folder.FullName, "web_*").Length);
    }

    private CaptureConsumer Capture(string name, FilesInUse? files = null, CaptureRotation? rotation = null) =>
        new(new CaptureOptions { Path = Path.Combine(_folder.FullName, name), Files = files ?? _files, Rotation = rotation });

    private void Link(string link, string from, string to) => Assert.Equal(0, Tool.Run("bash", "-c", $"{link} '{_folder[from]}' '{_folder[to]}'").ExitCode);
}
