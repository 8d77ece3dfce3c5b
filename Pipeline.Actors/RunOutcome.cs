using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors;

/// <summary>How a run ended.</summary>
/// <param name="View">The final figures, at rest.</param>
/// <param name="Faults">The first hundred faults, in the order they happened; empty for a clean run.</param>
/// <param name="Aborted">Whether it was aborted, so that packets in flight were dropped.</param>
public sealed record RunOutcome(PipelineView View, IReadOnlyList<RunFault> Faults, bool Aborted);

/// <summary>One thing that went wrong.</summary>
/// <param name="Where">The queue or consumer.</param>
/// <param name="Error">
/// <see cref="Nic.Devices.CaptureFormatException"/>, <see cref="Nic.Consumers.OutputException"/>, another <see cref="IOException"/>, or
/// what a handler threw.
/// </param>
public sealed record RunFault(string Where, Exception Error);
