using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors;
using Pipeline.Host.Schema;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Answers go out a piece at a time, and are the same as in one piece.</summary>
public sealed class AnswersTests
{
    /// <summary>Longer than many pieces, with all that is escaped and pairs of characters at every place.</summary>
    private static readonly string Long = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"# {i}\t\"\\\n\u0001é€\U0001f600{(i % 2 == 0 ? "" : "x")}"));

    [Fact]
    public async Task A_snapshot_is_the_same_in_pieces() => await IsTheSame(Snapshots.New(Views.Full with { Ledger = Views.WithAccounts }), JsonShapes.Default.SnapshotJson);

    [Fact]
    public async Task Rules_and_their_text_are_the_same_in_pieces() => await IsTheSame(
        RulesJson.Of(Generation(Long), Views.Full, new() { Ssh = [22, 2222], Cluster = [new(0, 4053)], Dashboard = [] }, null), JsonShapes.Default.RulesJson);

    [Fact]
    public async Task A_history_is_the_same_in_pieces() =>
        await IsTheSame(RuleHistoryJson.Of([Generation("short\n"), Generation(Long), Generation("")], null, _ => false), JsonShapes.Default.RuleHistoryJson);

    [Fact]
    public async Task A_change_of_many_rules_is_the_same_in_pieces()
    {
        var names = Enumerable.Range(0, 20_000).Select(i => $"rule-{i}").ToList();
        var problem = new DiagnosticJson("error", null, 1, 2, 3, Long, null, "help");

        await IsTheSame(new RuleChangeJson(2, "applied", DateTimeOffset.UnixEpoch, new(names, [], names, 7, true, false), [problem, problem], null, null, null, new(2, 3, names)), JsonShapes.Default.RuleChangeJson);
        await IsTheSame(new ProblemJson("title", 422, Long) { Diagnostics = [problem], Generation = 3 }, JsonShapes.Default.ProblemJson);
        await IsTheSame(new RuleCheckJson(false, 1, 0, [problem], null), JsonShapes.Default.RuleCheckJson);
    }

    [Fact]
    public async Task Small_answers_are_the_same_in_pieces()
    {
        await IsTheSame(new HealthJson("unavailable", ["one", "two"]), JsonShapes.Default.HealthJson);
        await IsTheSame(HealthJson.Ok, JsonShapes.Default.HealthJson);
        await IsTheSame(new ScaleJson("dns", 2, true), JsonShapes.Default.ScaleJson);
        await IsTheSame(new ByeJson("ended"), JsonShapes.Default.ByeJson);
        await IsTheSame(new EventsJson(2, 0, [new(1, DateTimeOffset.UnixEpoch, "fault", "q", Long, "error"), new(2, DateTimeOffset.UnixEpoch, "loss", "q", "words", "warning") { Packets = 7, Seconds = 1.5 }]), JsonShapes.Default.EventsJson);
    }

    [Fact]
    public async Task A_text_is_the_same_in_pieces_and_tells_its_length()
    {
        var http = Request();

        await Answers.Text(http, Long, "text/plain");

        Assert.Equal(Long, Body(http));
        Assert.Equal(Encoding.UTF8.GetByteCount(Long), http.Response.ContentLength);
    }

    [Fact]
    public async Task An_answer_of_one_piece_tells_its_length_and_a_longer_one_does_not()
    {
        var (small, large) = (Request(), Request());

        await Answers.Json(small, HealthJson.Ok, JsonShapes.Default.HealthJson);
        await Answers.Json(large, new HealthJson(Long, []), JsonShapes.Default.HealthJson);

        Assert.Equal(small.Response.Body.Length, small.Response.ContentLength);
        Assert.Null(large.Response.ContentLength);
    }

    [Fact]
    public async Task HEAD_gets_the_length_of_a_small_answer_and_no_body()
    {
        var http = Request();
        http.Request.Method = HttpMethods.Head;

        await Answers.Json(http, HealthJson.Ok, JsonShapes.Default.HealthJson);

        Assert.Equal((JsonText.Of(HealthJson.Ok, JsonShapes.Default.HealthJson).Length, 0), (http.Response.ContentLength, http.Response.Body.Length));
    }

    [Fact]
    public async Task Whoever_does_not_read_a_list_has_no_more_of_it_made()
    {
        var made = 0;
        var endless = Endless().Select(i => $"line {made = i}\n");
        using var leaves = new CancellationTokenSource();
        var (http, stalled) = (Request(), new StalledStream());
        http.Response.Body = stalled;
        http.RequestAborted = leaves.Token;

        var answer = Answers.Lines(http, endless, "text/plain");

        await stalled.Stalled;
        Assert.InRange(stalled.Length, 1, 2 * AnswerBody.PieceBytes);
        Assert.InRange(made, 1, AnswerBody.PieceBytes);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task Whoever_does_not_read_a_text_has_no_more_of_it_written()
    {
        using var leaves = new CancellationTokenSource();
        var (http, stalled) = (Request(), new StalledStream());
        http.Response.Body = stalled;
        http.RequestAborted = leaves.Token;

        var answer = Answers.Json(http, new HealthJson(Long, [Long]), JsonShapes.Default.HealthJson);

        await stalled.Stalled;
        Assert.InRange(stalled.Length, 1, 4 * AnswerBody.PieceBytes);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task Whoever_does_not_read_rules_has_no_more_of_them_made()
    {
        var made = 0;
        var rules = Projection.Of(Enumerable.Range(0, 100_000).ToList(), i => new RuleJson($"r{made = i}", "0x1", i, i, new(i, i)));
        using var leaves = new CancellationTokenSource();
        var (http, stalled) = (Request(), new StalledStream());
        http.Response.Body = stalled;
        http.RequestAborted = leaves.Token;

        var answer = Answers.Json(http, Snapshots.New(Views.Full) with { Rules = rules }, JsonShapes.Default.SnapshotJson);

        await stalled.Stalled;
        Assert.InRange(stalled.Length, 1, 2 * AnswerBody.PieceBytes);
        Assert.InRange(made, 1, 2000);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    private static async Task IsTheSame<T>(T value, JsonTypeInfo<T> type)
    {
        var http = Request();

        await Answers.Json(http, value, type);

        Assert.Equal(JsonText.Of(value, type), Body(http));
    }

    private static IEnumerable<int> Endless()
    {
        for (var i = 0; ; i++) yield return i;
    }

    private static RuleGeneration Generation(string text) =>
        new() { Number = 2, At = DateTimeOffset.UnixEpoch, Who = "al\"ice", Source = "a.rules", Text = text, Rules = 1, ConfirmBy = DateTimeOffset.UnixEpoch };

    private static DefaultHttpContext Request() => new() { Request = { Method = HttpMethods.Get }, Response = { Body = new MemoryStream() } };

    private static string Body(HttpContext http) => Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
}
