namespace Pipeline.Nic.Rules;

/// <summary>The engines that run the rules. All give the same verdicts.</summary>
public enum MarkEngine
{
    /// <summary>Rules are compiled to machine code, except those of a huge set after <see cref="MarkTable.MostCompiledRules"/>.</summary>
    Compiled,

    /// <summary>Rules are interpreted. This is slow, and it is the specification.</summary>
    Interpreter,
}
