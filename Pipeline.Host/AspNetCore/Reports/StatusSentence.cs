using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Reports;

/// <summary>The state of a run in one sentence, about the last second.</summary>
/// <param name="Mood">The verdict of the sentence.</param>
internal readonly record struct StatusSentence(Mood Mood, string Text)
{
    private const int MostNamed = 3;

    public static StatusSentence Of(PipelineView view)
    {
        if (!view.Balanced) return new(Mood.Bad, "The books do NOT balance");
        if (view.AtRest) return new(Mood.Good, "Ended");
        if (view.RateWindow == TimeSpan.Zero) return new(Mood.Good, "Starting");
        if (view.Routes.FirstOrDefault(r => r.Breaker is { IsOpen: true }) is { } open)
            return new(Mood.Poor, $"A route to {open.Options.To} is open: its packets go to the normal stack");
        if (Lost(view) is { } lost) return new(Mood.Poor, lost);
        if (Dropped(view) is { } dropped) return new(Mood.Poor, dropped);
        if (view.Consumers.SelectMany(c => c.Instances).FirstOrDefault(i => i.State is not (ConsumerState.Running or ConsumerState.Starting)) is { } instance)
            return new(Mood.Poor, $"{Flow(view)}; {instance.Actor} is {Word(instance.State)}");
        return new(Mood.Good, $"Healthy: {Flow(view)}, nothing lost");
    }

    private static string Flow(PipelineView view) => $"{Figures.Short(view.Rates.Received.Packets)} packets/s in, {Figures.Bits(view.Rates.Received)}";

    private static string? Lost(PipelineView view)
    {
        var losing = view.Queues.Where(q => q.LostRates.Count > 0).ToList();
        if (losing.Count == 0) return null;
        var rate = losing.Sum(q => q.LostRates.Values.Sum());
        var kinds = string.Join(", ", losing.SelectMany(q => q.LostRates.Keys).Distinct().Order().Select(k => k.Name()));
        var where = losing.Count == view.Queues.Count ? "all queues" : string.Join(", ", losing.Select(q => q.Name));
        return $"Losing {Figures.Short(rate)} packets/s in the device: {kinds} at {where}";
    }

    /// <summary>Packets before copies, whose originals went their way.</summary>
    private static string? Dropped(PipelineView view)
    {
        if (view.Rates.Dropped.Packets > 0) return InWords(view.Rates.Dropped.Packets, "packets", view.Consumers, c => c.DropRates);
        var copies = view.Consumers.Sum(c => c.CopyDropRates.Values.Sum());
        return copies > 0 ? InWords(copies, "copies", view.Consumers, c => c.CopyDropRates) : null;
    }

    /// <summary>Names the consumers that most was dropped for, and why.</summary>
    private static string InWords(double rate, string what, IReadOnlyList<ConsumerView> consumers, Func<ConsumerView, IReadOnlyDictionary<DropReason, double>> of)
    {
        var blamed = consumers.Where(c => of(c).Count > 0).OrderByDescending(c => of(c).Values.Sum()).ToList();
        var reasons = string.Join(", ", blamed.SelectMany(c => of(c).Keys).Distinct().Order().Select(r => r.Name()));
        var names = string.Join(", ", blamed.Take(MostNamed).Select(c => c.Name)) + (blamed.Count > MostNamed ? $" and {blamed.Count - MostNamed} more" : "");
        return $"Dropping {Figures.Short(rate)} {what}/s" + (blamed.Count > 0 ? $": {reasons} at {names}" : "");
    }

    private static string Word(ConsumerState state) => state == ConsumerState.BackingOff ? "backing off" : state.ToString().ToLowerInvariant();
}

/// <summary>The verdict of a sentence, which decides its colour.</summary>
internal enum Mood
{
    Good,
    Poor,
    Bad,
}
