using Pipeline.Actors;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>GET /api/v1/rules/history</c>, the newest first.</summary>
internal sealed record RuleHistoryJson(int Generation, IReadOnlyList<GenerationJson> Generations)
{
    /// <param name="history">The generations, the oldest first, the one in force last.</param>
    public static RuleHistoryJson Of(IReadOnlyList<RuleGeneration> history) => new(history[^1].Number, [.. history.Reverse().Select(GenerationJson.Of)]);
}

/// <param name="RollbackTo">The earlier generation that has the same text.</param>
internal sealed record GenerationJson(
    int Generation, DateTimeOffset When, string Who, string Source, int Rules, int? RollbackTo, DateTimeOffset? ConfirmBy, string Text)
{
    public static GenerationJson Of(RuleGeneration entry) =>
        new(entry.Number, entry.At, entry.Who, entry.Source, entry.Rules, entry.RollbackTo, entry.ConfirmBy, entry.Text);
}
