namespace Pipeline.Nic.Rules.Exports;

/// <summary>A rule that matches no packet; leaving it out is the exact translation.</summary>
internal sealed class NeverMatchesException() : Exception("it can never match");
