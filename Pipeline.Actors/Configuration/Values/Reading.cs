using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Actors.Configuration.Values;

internal delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>How to read one kind of value.</summary>
/// <param name="Expected">What is expected, for messages: "a whole number from 1 to 64".</param>
/// <param name="TryRead">Reads it; false for anything else.</param>
internal sealed record Reading<T>(string Expected, TryRead<T> TryRead);
