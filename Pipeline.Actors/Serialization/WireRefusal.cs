namespace Pipeline.Actors.Serialization;

/// <summary>One message that was refused.</summary>
/// <param name="Message">
/// Where it was written, the name of its type in .NET; where it was read, its manifest, which is empty for JSON. Fit for a line of a log.
/// Who sent what was read is not known: a serializer is not told.
/// </param>
/// <param name="IsRead">Whether it came from another node; otherwise it was to go to one.</param>
/// <param name="Words">Why, in a sentence.</param>
internal sealed record WireRefusal(string Message, bool IsRead, WireRefusalReason Reason, string Words);
