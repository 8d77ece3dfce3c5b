using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Remote;

/// <summary>
/// The token that a node asks for. It comes from a file or the environment, because everyone on the machine can read a command line.
/// </summary>
/// <param name="Value">The token, which goes into a header unchanged.</param>
/// <param name="From">Where it came from, for messages.</param>
internal sealed record NodeToken(string Value, string From)
{
    public const string Variable = "PIPELINE_TOKEN";

    /// <param name="file">The value of <c>--token-file</c>; null if it was not given.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="UsageException">The text found is no token.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NodeToken? Of(string? file, IReadOnlyDictionary<string, string> environment)
    {
        if (file is not null) return Checked(TextFile.Read(file).Text, $"--token-file {file}");
        return environment.GetValueOrDefault(Variable) is { Length: > 0 } variable ? Checked(variable, Variable) : null;
    }

    /// <summary>Where the token came from, never its value.</summary>
    public override string ToString() => From;

    private static NodeToken Checked(string text, string from)
    {
        var value = text.Trim();
        return value.Length > 0 && value.All(c => c is > ' ' and <= '~')
            ? new NodeToken(value, from)
            : throw new UsageException($"{from}: expected one line with a token of ASCII letters, digits and signs");
    }
}
