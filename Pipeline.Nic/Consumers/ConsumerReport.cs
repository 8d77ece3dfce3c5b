namespace Pipeline.Nic.Consumers;

/// <summary>What a consumer has gathered so far, as it was at one moment.</summary>
/// <param name="Write">
/// Writes the copy out as text, once, on any thread: if its entries are lines, a line that names their columns first.
/// </param>
/// <param name="Entries">How many entries the copy has.</param>
/// <param name="Total">How many there were.</param>
public sealed record ConsumerReport(Action<TextWriter> Write, int Entries, int Total);
