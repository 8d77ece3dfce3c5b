namespace Pipeline.Nic.Consumers;

/// <summary>A handler's options are wrong, so trying it again cannot help.</summary>
/// <param name="message">What is wrong, where, and what was expected.</param>
public sealed class HandlerOptionException(string message) : Exception(message);
