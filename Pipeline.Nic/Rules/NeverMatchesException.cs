namespace Pipeline.Nic.Rules;

/// <summary>A rule that matches no packet; leaving it out is the exact translation.</summary>
internal sealed class NeverMatchesException() : Exception("it can never match");
