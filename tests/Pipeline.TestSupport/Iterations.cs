using System.Globalization;

namespace Pipeline.TestSupport;

/// <summary>How often property tests try. The variable <c>PIPELINE_TEST_ITERATIONS</c> multiplies it: 100 for an hour of searching.</summary>
public static class Iterations
{
    private const string Variable = "PIPELINE_TEST_ITERATIONS";

    /// <param name="usual">What is enough for every day.</param>
    /// <exception cref="InvalidOperationException">The variable is not a whole number from 1 on.</exception>
    public static int Of(int usual)
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(text)) return usual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var factor) && factor > 0) return checked(usual * factor);
        throw new InvalidOperationException($"{Variable} is '{text}', not a whole number from 1 on.");
    }
}
