namespace Pipeline.Nic.Rules;

/// <summary>What runs the rules. All give the same verdicts.</summary>
public enum MarkEngine
{
    /// <summary>Rules are compiled to machine code; those of a very large set beyond <see cref="MarkTable.MostCompiledRules"/> are interpreted.</summary>
    Compiled,

    /// <summary>Rules are interpreted: slow, and the specification.</summary>
    Interpreter,
}
