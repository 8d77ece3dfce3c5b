using System.Text;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Demo;

/// <summary>
/// The folder that a demo works in: its configuration and its rules, embedded in this assembly, and its captures. A folder of the demo's
/// own is removed with it. One that the user named stays, and files that are there already are used as they are.
/// </summary>
internal sealed class DemoFolder : IDisposable
{
    private const string ConfigurationName = "demo.conf";
    private const string RulesName = "demo.rules";

    /// <param name="path">The user's folder, created if it is missing; null for one of the demo's own.</param>
    /// <exception cref="OutputException">The folder cannot be created or written to.</exception>
    public DemoFolder(string? path)
    {
        IsTemporary = path is null;
        try
        {
            FullName = path is null ? Directory.CreateTempSubdirectory("pipeline-demo-").FullName : Directory.CreateDirectory(FullPath.Of(path)).FullName;
            foreach (var name in (ReadOnlySpan<string>)[ConfigurationName, RulesName])
            {
                if (!File.Exists(PathOf(name))) File.WriteAllText(PathOf(name), TextOf(name));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(path ?? Path.GetTempPath(), $"the demo's files cannot be written there: {error.Message}", inner: error);
        }
    }

    public string FullName { get; }

    /// <summary>Whether the folder is removed when the demo ends.</summary>
    public bool IsTemporary { get; }

    public string Configuration => PathOf(ConfigurationName);

    /// <summary>The text of both files, each under its name.</summary>
    public static string Print() => new StringBuilder()
        .AppendLine($"# --- {ConfigurationName}").Append(TextOf(ConfigurationName))
        .AppendLine().AppendLine($"# --- {RulesName}").Append(TextOf(RulesName)).ToString();

    public void Dispose()
    {
        if (IsTemporary) Directory.Delete(FullName, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(FullName, name);

    private static string TextOf(string name)
    {
        using var stream = typeof(DemoFolder).Assembly.GetManifestResourceStream("demo/" + name) ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
