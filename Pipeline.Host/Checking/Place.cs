using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Checking;

/// <summary>Errors about values of a configuration that only the program can find out.</summary>
internal static class Place
{
    /// <param name="key">The value's, from <c>pipeline</c> on.</param>
    public static Diagnostic Error(ConfigurationResult configuration, string message, params string[] key) => Error(configuration, message, null, key);

    /// <inheritdoc cref="Error(ConfigurationResult, string, string[])"/>
    /// <param name="help">What to do about it.</param>
    public static Diagnostic Error(ConfigurationResult configuration, string message, string? help, string[] key)
    {
        var (source, span) = configuration.Find(key) ?? (new SourceText(string.Join('.', key), ""), default);
        return Diagnostic.Error(source, span, message, help: help);
    }
}
