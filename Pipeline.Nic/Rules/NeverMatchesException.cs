namespace Pipeline.Nic.Rules;

/// <summary>A rule that matches no packet. Leaving it out translates it exactly.</summary>
internal sealed class NeverMatchesException() : Exception("it can never match");
