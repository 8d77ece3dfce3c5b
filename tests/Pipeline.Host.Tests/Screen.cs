namespace Pipeline.Host.Tests;

/// <summary>A terminal that remembers what was said.</summary>
internal sealed class Screen
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public Screen() => Terminal = new Terminal(_out, TextWriter.Synchronized(_error), new Dictionary<string, string>());

    public Terminal Terminal { get; init; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();
}
