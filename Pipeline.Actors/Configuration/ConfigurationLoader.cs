using Pipeline.Actors.Configuration.Binding;
using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Layers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>
/// Makes <see cref="PipelineOptions"/> of the layers of a configuration. Later ones win, key by key: the built-in reference.conf, the
/// machine's file, the user's file, environment variables. A value keeps the place it came from, so that every error points there.
/// </summary>
public static class ConfigurationLoader
{
    /// <summary>The file of the whole machine, which the program reads below the user's.</summary>
    public const string MachineFile = "/etc/pipeline/pipeline.conf";

    private const string ReferenceName = "reference.conf";

    /// <summary>Reads and binds all layers.</summary>
    /// <param name="configFile">The user's file, or null. File names in it are relative to it.</param>
    /// <param name="environment">Variables; those whose names begin with <c>PIPELINE__</c> count.</param>
    /// <param name="machineFile">The machine's file, passed over when it does not exist; null for none.</param>
    /// <exception cref="IOException">A file that should be there cannot be read, or is a directory; <see cref="FileNotFoundException"/> and the like say why.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ConfigurationResult Load(string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile = MachineFile) =>
        Load(configFile, environment, machineFile, below: null);

    /// <summary>The same for a text that need not be a file, with nothing laid over it.</summary>
    /// <param name="text">The configuration.</param>
    /// <param name="folder">What file names in it are relative to; empty for the working directory.</param>
    public static ConfigurationResult Load(SourceText text, string folder = "") => Load(text, folder, below: null);

    /// <summary>The built-in configuration: every key with its default.</summary>
    public static SourceText Reference()
    {
        using var stream = typeof(ConfigurationLoader).Assembly.GetManifestResourceStream("hocon/" + ReferenceName)
            ?? throw new InvalidOperationException($"{ReferenceName} is not embedded in the assembly.");
        using var reader = new StreamReader(stream);
        return new SourceText(ReferenceName, reader.ReadToEnd());
    }

    /// <param name="below">A layer between reference.conf and all others, or null.</param>
    internal static ConfigurationResult Load(string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile, SourceText? below)
    {
        var findings = new Findings();
        List<SourceText> layers = below is null ? [] : [below];
        var folders = new Dictionary<SourceText, string>();
        foreach (var file in (ReadOnlySpan<string?>)[machineFile is not null && Path.Exists(machineFile) ? machineFile : null, configFile])
        {
            if (file is null) continue;
            var source = ConfigurationFile.Read(file, findings);
            layers.Add(source);
            folders[source] = Path.GetDirectoryName(file) ?? "/";
        }

        return Bind(layers, folders, environment, findings);
    }

    /// <param name="below">A layer between reference.conf and the text, or null.</param>
    internal static ConfigurationResult Load(SourceText text, string folder, SourceText? below) =>
        Bind(below is null ? [text] : [below, text], new Dictionary<SourceText, string> { [text] = folder }, new Dictionary<string, string>(), new Findings());

    private static ConfigurationResult Bind(
        IEnumerable<SourceText> layers, Dictionary<SourceText, string> folders, IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        var tree = HoconReader.Read(Reference(), findings, out _);
        // A file that is no text was reported once; a hundred errors about its characters would hide that.
        foreach (var layer in layers.Where(l => !findings.IsAbout(l))) tree = tree.MergedWith(HoconReader.Read(layer, findings, out _));
        tree = EnvironmentLayer.Over(tree, environment, findings);
        if (findings.HasErrors) return new ConfigurationResult(null, findings.All, tree);

        // What is missing in a tree with holes says nothing, so binding waits until everything could be read.
        var read = findings.Count;
        var options = PipelineBinder.Bind(tree, new BindingContext(findings, folders));
        findings.SortFrom(read);
        return new ConfigurationResult(findings.HasErrors ? null : options, findings.All, tree);
    }
}
