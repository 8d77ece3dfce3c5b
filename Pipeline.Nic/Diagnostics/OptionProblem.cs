namespace Pipeline.Nic.Diagnostics;

/// <summary>What an option record finds wrong with itself.</summary>
/// <param name="Key">The option, as configurations call it.</param>
/// <param name="Message">What is there and what was expected.</param>
public readonly record struct OptionProblem(string Key, string Message)
{
    /// <summary>Nothing where a number is within its limits, else the one problem.</summary>
    public static IEnumerable<OptionProblem> Unless(long number, long least, long most, string key, string what) =>
        number >= least && number <= most ? [] : [new(key, $"{number} {what}; expected {least} to {most}")];
}
