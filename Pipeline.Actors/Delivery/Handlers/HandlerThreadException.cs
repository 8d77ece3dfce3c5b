namespace Pipeline.Actors.Delivery.Handlers;

/// <summary>A handler's code threw on a thread of its own, in a callback, or in an <c>async void</c> method.</summary>
internal sealed class HandlerThreadException(Exception error) : Exception($"{FailureWords.Of(error)} (on a thread of its own)", error);
