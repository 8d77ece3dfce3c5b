namespace Pipeline.Nic.Devices;

/// <summary>A device cannot do what was asked for, here or at all, whatever the privileges.</summary>
/// <param name="message">What cannot be done, why, and what can be done instead.</param>
/// <param name="inner">What the system said; null where it was not asked.</param>
public sealed class UnavailableException(string message, Exception? inner = null) : IOException(message, inner);
