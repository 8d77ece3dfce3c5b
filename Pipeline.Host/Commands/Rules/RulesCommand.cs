namespace Pipeline.Host.Commands.Rules;

/// <summary><c>pipeline rules</c>: the rules of a running pipeline.</summary>
internal sealed class RulesCommand() : VerbGroup(
    "rules",
    "see and change the rules of a running pipeline",
    new RulesListCommand(),
    new RulesCheckCommand(),
    new RulesDiffCommand(),
    new RulesApplyCommand(),
    new RulesHistoryCommand(),
    new RulesRollbackCommand(),
    new RulesConfirmCommand());
