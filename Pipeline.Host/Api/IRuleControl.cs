using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Api;

/// <summary>The rules of a running pipeline, as far as the server changes them. Any thread.</summary>
internal interface IRuleControl
{
    /// <summary>The rule set in force.</summary>
    RuleText Current { get; }

    /// <summary>What was in force, the newest first.</summary>
    IReadOnlyList<RuleText> History { get; }

    /// <returns>All that is wrong or looks wrong with a text; nothing changes.</returns>
    Task<IReadOnlyList<Diagnostic>> Check(string text);

    /// <summary>Puts a text in force.</summary>
    /// <param name="text">A whole rule file.</param>
    /// <param name="who">Who asks, for the history.</param>
    /// <param name="expected">The generation that must still be in force; null for whichever is.</param>
    Task<RuleAnswer> Apply(string text, string who, int? expected);

    /// <summary>Puts the text of an earlier generation in force again, as a new one.</summary>
    Task<RuleAnswer> Rollback(int generation, string who, int? expected);
}

/// <param name="Generation">Its number.</param>
/// <param name="Text">As it was written.</param>
/// <param name="Source">Where it came from: a file's name, or such as "http".</param>
/// <param name="Who">Who put it in force; null where nobody in particular did.</param>
/// <param name="When">Since when; null where nobody noted it.</param>
/// <param name="Rules">How many rules it has.</param>
internal sealed record RuleText(int Generation, string Text, string Source, string? Who, DateTimeOffset? When, int Rules);

/// <summary>What became of a change.</summary>
internal enum RuleVerdict
{
    InForce,

    /// <summary>The text has errors.</summary>
    Invalid,

    /// <summary>Another change was first.</summary>
    Conflict,

    /// <summary>There is no such generation to go back to.</summary>
    Unknown,

    /// <summary>The rules of this run stay as they are.</summary>
    Fixed,
}

/// <param name="Verdict">What became of it.</param>
/// <param name="Generation">The one in force now.</param>
/// <param name="Found">All that was wrong or looked wrong.</param>
internal sealed record RuleAnswer(RuleVerdict Verdict, int Generation, IReadOnlyList<Diagnostic> Found);
