using Pipeline.Actors;

namespace Pipeline.Host.Running;

/// <summary>A change of the rules in force, and what became of the rule file.</summary>
/// <param name="Startup">The rules of the next start, after the change; null for a pipeline without a rule file.</param>
/// <param name="Saving">Whether the rule file was written.</param>
/// <param name="Failure">Why it was not, although somebody asked for it; null for no failure.</param>
internal sealed record KeptChange(RuleChange Change, StartupRules? Startup, Saving Saving = Saving.No, string? Failure = null);

/// <summary>Whether rules were saved.</summary>
internal enum Saving
{
    /// <summary>Nobody asked for it.</summary>
    No,

    /// <summary>The rule file has the rules in force.</summary>
    Now,

    /// <summary>The rules wait to be confirmed, and are saved then.</summary>
    WhenConfirmed,

    /// <summary>The rules are in force and could not be saved.</summary>
    Failed,
}
