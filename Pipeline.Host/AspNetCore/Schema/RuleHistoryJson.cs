using Pipeline.Actors;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>GET /api/v1/rules/history</c>, the newest first.</summary>
/// <param name="Startup">As in <see cref="RulesJson"/>.</param>
internal sealed record RuleHistoryJson(int Generation, IReadOnlyList<GenerationJson> Generations, StartupJson? Startup)
{
    /// <param name="history">The generations, the oldest first, the one in force last.</param>
    /// <param name="isStartup">Whether the rule file has the text of the generation with this number.</param>
    public static RuleHistoryJson Of(IReadOnlyList<RuleGeneration> history, StartupJson? startup, Func<int, bool> isStartup) =>
        new(history[^1].Number, Projection.Of([.. history.Reverse()], g => GenerationJson.Of(g, isStartup(g.Number))), startup);
}

/// <param name="RollbackTo">The earlier generation that has the same text.</param>
/// <param name="IsStartup">True if the rule file that the next start reads has this text; otherwise absent.</param>
internal sealed record GenerationJson(
    int Generation, DateTimeOffset When, string Who, string Source, int Rules, int? RollbackTo, DateTimeOffset? ConfirmBy, bool? IsStartup, string Text)
{
    public static GenerationJson Of(RuleGeneration entry, bool isStartup) =>
        new(entry.Number, entry.At, entry.Who, entry.Source, entry.Rules, entry.RollbackTo, entry.ConfirmBy, isStartup ? true : null, entry.Text);
}
