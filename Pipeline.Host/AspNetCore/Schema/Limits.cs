namespace Pipeline.Host.Schema;

/// <summary>The limits of the server. They are apart from the server, so that its clients need not load it.</summary>
internal static class Limits
{
    /// <summary>The largest rule text accepted, about 50 000 rules.</summary>
    public const int MostBodyBytes = 4 * 1024 * 1024;

    /// <summary>The most characters in the name of a text or of its sender.</summary>
    public const int MostNameCharacters = 200;
}
