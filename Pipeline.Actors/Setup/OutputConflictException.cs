namespace Pipeline.Actors.Setup;

/// <summary>An output would destroy what is read, or another output. Nothing has been created.</summary>
public sealed class OutputConflictException(string message) : Exception(message);
