namespace Pipeline.Actors;

/// <summary>What one instance of a consumer has gathered so far.</summary>
/// <param name="Actor">The instance's name, such as <c>flows-0</c>.</param>
/// <param name="Entries">How many entries the text has.</param>
/// <param name="Total">How many there were at that moment.</param>
/// <param name="Text">The entries, in the consumer's own form.</param>
public sealed record InstanceReport(string Actor, int Entries, int Total, string Text);
