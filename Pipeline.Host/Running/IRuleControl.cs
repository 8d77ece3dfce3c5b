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

    /// <inheritdoc cref="PipelineRun.CheckRules"/>
    Task<RuleCheck> Check(string text);

    /// <inheritdoc cref="PipelineRun.ApplyRules"/>
    Task<RuleChange> Apply(string text, string source, string who, int? expected, TimeSpan? confirm);

    /// <inheritdoc cref="PipelineRun.Rollback"/>
    Task<RuleChange> Rollback(int generation, string who, int? expected);

    /// <inheritdoc cref="PipelineRun.Confirm"/>
    Task<RuleChange> Confirm(int generation);
}

/// <summary>The rules of a real run.</summary>
internal sealed class LiveRules(PipelineRun run) : IRuleControl
{
    public IReadOnlyList<RuleGeneration> History => run.RuleHistory;

    public GuardPorts? KeepOut => run.Setup.KeepOut;

    public Task<RuleCheck> Check(string text) => run.CheckRules(text);

    public Task<RuleChange> Apply(string text, string source, string who, int? expected, TimeSpan? confirm) =>
        run.ApplyRules(text, source, who, expected, confirm);

    public Task<RuleChange> Rollback(int generation, string who, int? expected) => run.Rollback(generation, who, expected);

    public Task<RuleChange> Confirm(int generation) => run.Confirm(generation);
}
