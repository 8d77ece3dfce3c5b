namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>A handler's code threw on a thread of its own, in a callback, or in a method that nobody waits for.</summary>
internal sealed class HandlerThreadException(Exception error) : Exception($"{FailureWords.Of(error)} (on a thread of its own)", error);
