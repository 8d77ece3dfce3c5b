namespace Pipeline.Nic.Rules;

/// <summary>A rule that an export's target has no words for.</summary>
/// <param name="reason">Why, and what would be expressible, as a clause.</param>
internal sealed class NotExpressibleException(string reason) : Exception(reason);
