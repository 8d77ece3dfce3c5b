using System.Globalization;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>
/// When a route opens by itself: its packets then go to the normal stack, past its consumer. A route without these options never does.
/// </summary>
public sealed record BreakerOptions
{
    /// <summary>The shortest and the longest <see cref="For"/>.</summary>
    internal static readonly (TimeSpan Least, TimeSpan Most) Fors = (TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    /// <summary>The shortest and the longest <see cref="Back"/>.</summary>
    internal static readonly (TimeSpan Least, TimeSpan Most) Backs = (TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));

    /// <summary>It opens when more than this part of the route's packets is dropped, above 0 and below 1.</summary>
    public double Drops { get; init; } = 0.05;

    /// <summary>How long that must last, 100 ms to an hour. Five readings within this time must all be beyond the limit.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long it stays open, 100 ms to a day; null until somebody closes it. Each time that it opens again at once, it stays open for
    /// twice as long, up to 16 times this.
    /// </summary>
    public TimeSpan? Back { get; init; }

    /// <summary>The problems of these options; empty when there are none.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        if (Drops is not (> 0 and < 1))
        {
            var part = (Drops * 100).ToString("0.##", CultureInfo.InvariantCulture);
            yield return new("drops", Drops >= 1 ? $"a part of {part}% is never exceeded; expected less than 100%" : $"a part of {part}%; expected more than 0%");
        }

        if (For < Fors.Least || For > Fors.Most) yield return new("for", $"{For}; expected 100 ms to an hour");
        if (Back is { } back && (back < Backs.Least || back > Backs.Most))
            yield return new("back", $"{back}; expected 100 ms to a day, or none until somebody closes it");
    }
}
