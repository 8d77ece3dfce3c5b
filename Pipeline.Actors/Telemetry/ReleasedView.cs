namespace Pipeline.Actors.Telemetry;

/// <summary>How many flows consumers have released.</summary>
/// <param name="Flows">Flows released now.</param>
/// <param name="Capacity">The most there can be.</param>
/// <param name="Refused">Releases that came to nothing because there was no room.</param>
public sealed record ReleasedView(int Flows, int Capacity, long Refused);
