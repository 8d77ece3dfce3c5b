using Pipeline.Nic.Devices;

namespace Pipeline.Host.Live;

/// <summary>Says when a replay has nothing to do for long, such as when the clock of a capture jumped ahead.</summary>
internal static class LongWait
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WorthALine = TimeSpan.FromSeconds(10);

    /// <param name="end">Stops the watching. Its outcome does not matter.</param>
    public static async Task Tell(INic nic, TextWriter notices, Task end, TimeProvider time)
    {
        TimeSpan? told = null;
        while (!end.IsCompleted)
        {
            var left = nic.UntilNextPacket;
            if (left is null || left < WorthALine) told = null;
            else if (told is null || left > told) notices.WriteLine($"the next packet of {nic.Name} is due in {InWords(left.Value)}; an interrupt ends the run");
            if (left >= WorthALine) told = left;
            await Task.WhenAny(end, Task.Delay(BetweenLooks, time));
        }
    }

    /// <summary>Two digits are enough to decide whether to wait: <c>53 years</c>, <c>2 hours</c>.</summary>
    internal static string InWords(TimeSpan wait) => wait switch
    {
        { TotalDays: >= 2 * 365.25 } => $"{wait.TotalDays / 365.25:0} years",
        { TotalHours: >= 48 } => $"{wait.TotalDays:0} days",
        { TotalMinutes: >= 120 } => $"{wait.TotalHours:0} hours",
        { TotalSeconds: >= 120 } => $"{wait.TotalMinutes:0} minutes",
        _ => $"{wait.TotalSeconds:0} seconds",
    };
}
