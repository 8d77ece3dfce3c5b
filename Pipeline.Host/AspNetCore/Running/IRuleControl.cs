using Pipeline.Actors;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Running;

/// <summary>The rules of a running pipeline, as the server reads and changes them. Any thread.</summary>
internal interface IRuleControl
{
    /// <summary>The generations, oldest first, the one in force last; never empty.</summary>
    IReadOnlyList<RuleGeneration> History { get; }

    /// <summary>The ports that keep-out guards know of; null when there are no guards in front of the rules.</summary>
    GuardPorts? KeepOut { get; }

    /// <summary>The rules that the next start reads; null where it reads no file. Reads the file.</summary>
    StartupRules? Startup { get; }

    /// <inheritdoc cref="PipelineRun.CheckRules"/>
    Task<RuleCheck> Check(string text);

    /// <param name="save">Whether the rule file is written too, once nothing has to be confirmed any more.</param>
    /// <exception cref="RuleFileException">The rule file cannot be written. Nothing was changed.</exception>
    /// <inheritdoc cref="PipelineRun.ApplyRules"/>
    Task<KeptChange> Apply(string text, string source, string who, int? expected, TimeSpan? confirm, bool save);

    /// <param name="save">Whether the rule file is written too.</param>
    /// <exception cref="RuleFileException">The rule file cannot be written. Nothing was changed.</exception>
    /// <inheritdoc cref="PipelineRun.Rollback"/>
    Task<KeptChange> Rollback(int generation, string who, int? expected, bool save);

    /// <param name="save">Whether the rule file is written too, even if nobody asked for it when the rules were put in force.</param>
    /// <exception cref="RuleFileException">There is no rule file. Nothing was changed.</exception>
    /// <inheritdoc cref="PipelineRun.Confirm"/>
    Task<KeptChange> Confirm(int generation, string who, bool save);
}
