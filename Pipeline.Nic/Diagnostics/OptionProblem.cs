namespace Pipeline.Nic.Diagnostics;

/// <summary>A problem that an option record finds in itself.</summary>
/// <param name="Key">The option's name in configurations.</param>
/// <param name="Message">What was found and what was expected.</param>
public readonly record struct OptionProblem(string Key, string Message)
{
    /// <summary>Empty if a number is within its limits, otherwise the one problem.</summary>
    public static IEnumerable<OptionProblem> Unless(long number, long least, long most, string key, string what) =>
        number >= least && number <= most ? [] : [new(key, $"{number} {what}; expected {least} to {most}")];
}
