namespace Pipeline.Actors.Delivery;

/// <summary>Stands for an exception of somebody else's that cannot be asked for its words.</summary>
internal sealed class SpeechlessException(Type type) : Exception($"{type.Name}: (it cannot say what)");
