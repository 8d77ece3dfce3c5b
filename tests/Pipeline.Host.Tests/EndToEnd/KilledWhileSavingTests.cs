using System.Text;
using System.Text.Json;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The program is killed while it saves rules, again and again, and each start goes on from what was left.</summary>
public sealed class KilledWhileSavingTests : IDisposable
{
    private const int Rules = 2000;

    private static readonly string[] Texts = [Text("a"), Text("b")];

    private static readonly int Kills = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? 100 : 4;

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new() { Timeout = RunningProgram.Patience };

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_rule_file_has_the_old_rules_or_the_new_ones_whole_and_numbers_go_on()
    {
        await File.WriteAllTextAsync(RuleFile, Texts[0]);
        var last = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var run = RunningProgram.StartBehind($"export PIPELINE__STATE='{_folder["state"]}'", "run", "-r", "-", "--rules", RuleFile, "--dashboard", "127.0.0.1:0");
            await run.Feed(new CaptureBytes().PcapHeader().ToArray());
            var url = (await run.LineWith("dashboard ")).Split(' ')[1];

            var first = await Generation(await _client.GetAsync($"{url}/api/v1/rules"));
            Assert.True(first > last, $"The start after generation {last} has number {first}.");
            last = await Save(run, url, kill);

            var left = await File.ReadAllTextAsync(RuleFile);
            Assert.Contains(left, Texts);
            Assert.NotNull(RuleParser.Parse(new SourceText(RuleFile, left), out _));
        }
    }

    /// <summary>Saves the two texts in turn, some of them to the end, and kills the program at the next as soon as that is being written.</summary>
    /// <returns>The last generation that the program has told of.</returns>
    private async Task<int> Save(RunningProgram run, string url, int kill)
    {
        var last = 0;
        for (var i = 0; i < 1 + (kill % 2); i++) last = await Generation(await Put(url, i));
        var unfinished = Put(url, 1 + (kill % 2));
        while (!unfinished.IsCompleted && Directory.GetFiles(_folder.FullName, ".*.new").Length == 0) await Task.Yield();
        await run.Kill();
        try
        {
            return await Generation(await unfinished);
        }
        catch (HttpRequestException)
        {
            return last;
        }
    }

    private Task<HttpResponseMessage> Put(string url, int which) =>
        _client.PutAsync($"{url}/api/v1/rules?save=yes", new StringContent(Texts[(which + 1) % 2], Encoding.UTF8, "text/plain"));

    private static async Task<int> Generation(HttpResponseMessage answer)
    {
        using var _ = answer;
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("generation").GetInt32();
    }

    private string RuleFile => _folder["edge.rules"];

    private static string Text(string prefix) =>
        string.Concat(Enumerable.Range(0, Rules).Select(i => FormattableString.Invariant($"rule {prefix}{i} match 30:ffffffff:{i:x8} mark 0x10\n")));
}
