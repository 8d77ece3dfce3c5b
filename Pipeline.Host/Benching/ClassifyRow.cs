using Pipeline.Host.Schema;

namespace Pipeline.Host.Benching;

/// <summary>
/// The time that one engine needs for a packet, and the time that touching the packet needs, measured in turns. Nanoseconds.
/// </summary>
/// <param name="Cold">Not a number if an engine is measured on hot packets only; so is <paramref name="ColdTouch"/>.</param>
/// <param name="CompileMilliseconds">The time from parsed rules, or from the expression's text, to code that runs.</param>
internal sealed record ClassifyRow(string Engine, int Rules, double Cold, double ColdTouch, double Hot, double HotTouch, double CompileMilliseconds)
{
    public ClassifyRowJson ToJson() => new(
        Engine, Rules, Rounded(Cold), Rounded(ColdTouch), Math.Round(Hot, 2), Math.Round(HotTouch, 2), Math.Round(CompileMilliseconds, 2));

    private static double? Rounded(double value) => double.IsNaN(value) ? null : Math.Round(value, 2);
}
