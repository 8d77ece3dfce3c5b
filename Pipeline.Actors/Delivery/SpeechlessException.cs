namespace Pipeline.Actors.Delivery;

/// <summary>Stands in for an exception of somebody else's whose text cannot be read.</summary>
internal sealed class SpeechlessException(Type type) : Exception($"{type.Name}: (it cannot say what)");
