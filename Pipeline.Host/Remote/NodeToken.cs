using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Remote;

/// <summary>What a node knows its friends by. It comes from a file or the environment: a command line is for everyone on the machine to read.</summary>
/// <param name="Value">Goes into a header as it is.</param>
/// <param name="From">Where it came from, for messages.</param>
internal sealed record NodeToken(string Value, string From)
{
    public const string Variable = "PIPELINE_TOKEN";

    /// <param name="file">The value of <c>--token-file</c>; null where it was not given.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="UsageException">What is there is no token.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NodeToken? Of(string? file, IReadOnlyDictionary<string, string> environment)
    {
        if (file is not null) return Checked(TextFile.Read(file).Text, $"--token-file {file}");
        return environment.GetValueOrDefault(Variable) is { Length: > 0 } variable ? Checked(variable, Variable) : null;
    }

    /// <summary>Never the value.</summary>
    public override string ToString() => From;

    private static NodeToken Checked(string text, string from)
    {
        var value = text.Trim();
        return value.Length > 0 && value.All(c => c is > ' ' and <= '~')
            ? new NodeToken(value, from)
            : throw new UsageException($"{from}: expected one line with a token of ASCII letters, digits and signs");
    }
}
