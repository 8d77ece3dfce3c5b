using Pipeline.Host.Reports;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Live;

/// <summary>What stands above the tables: how it is, the books, and all that was lost. It is wrapped and never cut.</summary>
internal static class LiveHead
{
    public static ScreenLine Title(Sighting seen, int width)
    {
        var snapshot = seen.Snapshot;
        string[] parts = [$"up {Up(snapshot.ElapsedSeconds)}", $"rules generation {snapshot.Generation}"];
        return new ScreenLine([new("pipeline ", Ink.Bold), new(seen.Where), .. parts.Select(p => new Piece("   " + p))]).Cut(width);
    }

    public static IReadOnlyList<ScreenLine> Status(Sighting seen, LiveState state, int width)
    {
        List<ScreenLine> lines = [.. Sentence(seen, width)];
        if (state.IsPaused) lines.AddRange(Words("Paused; traffic goes on", Ink.Poor, width));
        return lines;
    }

    /// <summary>received = delivered + passed + dropped + in flight.</summary>
    public static IReadOnlyList<ScreenLine> Books(SnapshotJson snapshot, int width)
    {
        var books = snapshot.Ledger;
        return ScreenLine.Wrap(
        [
            new($"received {Figures.Count(books.Received.Packets)}"),
            new($"= delivered {Figures.Count(books.Delivered.Packets)}"),
            new($"+ passed {Figures.Count(books.Passed.Packets)}"),
            new($"+ dropped {Figures.Count(books.Dropped.Packets)}", books.Dropped.Packets > 0 ? Ink.Bad : Ink.Plain),
            new($"+ in flight {Figures.Count(books.InFlight.Packets)} "),
            books.Balanced ? new("✓ balanced", Ink.Good) : new("✗ NOT BALANCED", Ink.Bad),
        ], width);
    }

    public static IReadOnlyList<ScreenLine> Losses(SnapshotJson snapshot, int width)
    {
        var books = snapshot.Ledger;
        IEnumerable<Piece> copies = books.Copies.Dropped > 0 ? [new($"copies {Figures.Count(books.Copies.Dropped)}", Ink.Bad)] : [];
        (string Title, List<Piece> Items)[] lists = [("dropped", [.. Items(books.Dropped.Reasons), .. copies]), ("lost by the device", [.. Items(books.DeviceLost.Reasons)])];
        var lost = lists.Where(l => l.Items.Count > 0).ToList();
        return lost.Count == 0
            ? Words("nothing dropped, nothing lost by the device", Ink.Faint, width)
            : [.. lost.SelectMany(l => ScreenLine.Wrap(List(l.Title, l.Items), width))];
    }

    private static IReadOnlyList<ScreenLine> Sentence(Sighting seen, int width)
    {
        if (seen.Silence is { } silence) return Words($"The server does not answer for {silence.TotalSeconds:0} s{(seen.Why is { } why ? $" ({why})" : "")}; these figures are old", Ink.Bad, width);
        var ink = seen.Snapshot.Status.Mood switch { "good" => Ink.Good, "poor" => Ink.Poor, _ => Ink.Bad };
        return Words(seen.Snapshot.Status.Text, ink, width);
    }

    private static IReadOnlyList<ScreenLine> Words(string text, Ink ink, int width) => ScreenLine.Wrap(text.Split(' ').Select(w => new Piece(w, ink)), width);

    private static IEnumerable<Piece> Items(IReadOnlyDictionary<string, long> reasons) =>
        reasons.Where(r => r.Value > 0).Select(r => new Piece($"{r.Key} {Figures.Count(r.Value)}", Ink.Bad));

    private static IEnumerable<Piece> List(string title, List<Piece> items) =>
    [
        new(title, Ink.Faint),
        .. items.Select((item, i) => i < items.Count - 1 ? item with { Text = item.Text + "," } : item),
    ];

    private static string Up(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9)) switch
    {
        { TotalDays: >= 1 } up => $"{up.Days} d {up.Hours} h",
        { TotalHours: >= 1 } up => $"{up.Hours} h {up.Minutes} min",
        { TotalMinutes: >= 1 } up => $"{up.Minutes} min {up.Seconds} s",
        var up => $"{up.Seconds} s",
    };
}

/// <summary>What is known of a running pipeline at a moment.</summary>
/// <param name="Snapshot">The latest.</param>
/// <param name="Where">The pipeline's address, or its source.</param>
/// <param name="Silence">How long no newer one came, though it was asked for; null while they come.</param>
/// <param name="Why">Why none came, in few words; null where that is not known.</param>
internal sealed record Sighting(SnapshotJson Snapshot, string Where, TimeSpan? Silence = null, string? Why = null);
