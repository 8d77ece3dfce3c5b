namespace Pipeline.Nic.Rules;

/// <summary>A rule that an export's target cannot express.</summary>
/// <param name="reason">The reason, and what would be expressible, as a clause.</param>
internal sealed class NotExpressibleException(string reason) : Exception(reason);
