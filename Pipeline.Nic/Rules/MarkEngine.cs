namespace Pipeline.Nic.Rules;

/// <summary>What runs the rules. All give the same verdicts.</summary>
public enum MarkEngine
{
    /// <summary>Rules are compiled to machine code, but for those of a huge set behind <see cref="MarkTable.MostCompiledRules"/>.</summary>
    Compiled,

    /// <summary>Rules are interpreted: slow, and the specification.</summary>
    Interpreter,
}
