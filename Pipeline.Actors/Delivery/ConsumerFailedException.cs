namespace Pipeline.Actors.Delivery;

/// <summary>A consumer was of no use in the whole of a run: it never opened, failed on every bundle, or could not finish.</summary>
/// <param name="words">What it was, with the words of its last failure.</param>
/// <param name="failure">That failure.</param>
public sealed class ConsumerFailedException(string words, Exception failure) : Exception(words, failure);
