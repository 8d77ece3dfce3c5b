namespace Pipeline.Actors.Cluster.Wire;

/// <summary>
/// Messages that go to other nodes. Each is a sealed record of numbers, text, bytes, ids, enums, parts of ours, and arrays of those. Once
/// it was in a release it never changes: another shape is another record with another name in the list of wire types.
/// </summary>
internal interface IClusterMessage;
