using System.Text.Json;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Xunit;

namespace Pipeline.Host.Tests.Reports;

public sealed class JsonLogTests
{
    private readonly StringWriter _target = new();
    private readonly JsonLog _log;

    public JsonLogTests() => _log = new JsonLog(_target, TimeProvider.System);

    [Theory]
    [InlineData("dashboard http://127.0.0.1:8480", "information")]
    [InlineData("warning: no route leads to dns", "warning")]
    [InlineData("edge.rules:3:7: warning: never matches", "warning")]
    [InlineData("error: x.pcap: no such file", "error")]
    [InlineData("edge.conf:1:2: error: unknown key\n  1 | sauce = 1\n      ^", "error")]
    public void A_line_is_a_message_of_its_level_and_what_is_written_at_once_stays_together(string words, string level)
    {
        _log.WriteLine(words);

        var line = Assert.Single(Lines());
        Assert.Equal(("pipeline.event/1", "message", level, words), (Text(line, "schema"), Text(line, "kind"), Text(line, "level"), Text(line, "words")));
    }

    [Fact]
    public void What_is_written_in_pieces_is_a_line_once_it_ends()
    {
        _log.Write("draining; ");
        Assert.Empty(_target.ToString());
        _log.Write("once more to quit\n");

        Assert.Equal("draining; once more to quit", Text(Assert.Single(Lines()), "words"));
    }

    [Fact]
    public void Empty_lines_are_none()
    {
        _log.WriteLine();

        Assert.Empty(_target.ToString());
    }

    [Fact]
    public void An_event_has_the_fields_it_has_and_no_others()
    {
        _log.Write(new PipelineEvent(7, DateTimeOffset.UnixEpoch, PipelineEventKind.LossEnded, "dns", "no more packets are lost") { Packets = 12, Reason = "share-exceeded", Lasted = TimeSpan.FromSeconds(2.5) });

        Assert.Equal(
            """{"schema":"pipeline.event/1","when":"1970-01-01T00:00:00+00:00","level":"information","kind":"loss-ended","where":"dns","words":"no more packets are lost","number":7,"packets":12,"reason":"share-exceeded","seconds":2.5}""",
            _target.ToString().TrimEnd('\n'));
    }

    private List<JsonElement> Lines() => [.. _target.ToString().TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement)];

    private static string? Text(JsonElement line, string field) => line.GetProperty(field).GetString();
}
