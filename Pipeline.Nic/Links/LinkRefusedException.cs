namespace Pipeline.Nic.Links;

/// <summary>The two ends of a link do not agree about it. The message says what differs.</summary>
public sealed class LinkRefusedException(string message) : IOException(message);
