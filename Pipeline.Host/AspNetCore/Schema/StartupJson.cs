namespace Pipeline.Host.Schema;

/// <summary>The rule file that a pipeline started with, and will start with again.</summary>
/// <param name="Same">Whether it has the rules in force.</param>
/// <param name="Problem">Why it cannot be read; absent where it can.</param>
internal sealed record StartupJson(string File, bool Same, string? Problem);
