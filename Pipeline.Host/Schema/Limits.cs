namespace Pipeline.Host.Schema;

/// <summary>What the server takes. Apart from the server, so that who asks one need not load it.</summary>
internal static class Limits
{
    /// <summary>The largest rule text that is taken, some 50 000 rules.</summary>
    public const int MostBodyBytes = 4 * 1024 * 1024;

    /// <summary>The longest name of a text or of who sends it, in characters.</summary>
    public const int MostNameCharacters = 200;
}
