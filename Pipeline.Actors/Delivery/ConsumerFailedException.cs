namespace Pipeline.Actors.Delivery;

/// <summary>A consumer was of no use during the whole run: it never opened, failed on every bundle, or could not finish.</summary>
/// <param name="words">Which of these it was, with the words of its last failure.</param>
/// <param name="failure">That failure.</param>
public sealed class ConsumerFailedException(string words, Exception failure) : Exception(words, failure);
