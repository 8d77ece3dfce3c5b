namespace Pipeline.Actors.Routing;

/// <summary>A queue among those of its source.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct QueuePlace(int Index, int Count);
