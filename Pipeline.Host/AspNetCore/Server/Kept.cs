using Pipeline.Host.Running;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>What becomes of rules at the next start, in the shapes of answers.</summary>
internal static class Kept
{
    public static StartupJson? Json(StartupRules? startup) => startup is null ? null : new(startup.File, startup.IsSame, startup.Problem);

    public static RuleChangeJson Json(KeptChange kept) => RuleChangeJson.Of(kept.Change, Json(kept.Startup), Word(kept.Saving), kept.Failure);

    private static string? Word(Saving saving) => saving switch
    {
        Saving.Now => RuleChangeJson.Now,
        Saving.WhenConfirmed => RuleChangeJson.WhenConfirmed,
        Saving.Failed => RuleChangeJson.Failed,
        _ => null,
    };
}
