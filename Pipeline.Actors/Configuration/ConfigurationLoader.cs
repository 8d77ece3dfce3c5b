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

    /// <summary>What of <c>pipeline</c> is about one link and what becomes of its packets.</summary>
    private static readonly string[] LinkKeys = ["source", "rules", "routes", "consumers"];

    /// <summary>Reads and binds all layers.</summary>
    /// <param name="configFile">The user's file, or null. File names in it are relative to it.</param>
    /// <param name="environment">Variables; those whose names begin with <c>PIPELINE__</c> count.</param>
    /// <param name="machineFile">The machine's file, passed over when it does not exist; null for none.</param>
    /// <exception cref="IOException">A file that should be there cannot be read, or is a directory; <see cref="FileNotFoundException"/> and the like say why.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ConfigurationResult Load(string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile = MachineFile) =>
        Load(configFile, environment, machineFile, below: null);

    /// <summary>
    /// The same with a configuration that stands for one of the machine's: what that says of the source, the rules, the routes and the
    /// consumers is for a link of the machine's, and is left out.
    /// </summary>
    /// <param name="standIn">The file that takes its place.</param>
    /// <param name="configFile">The user's file, which lies over it; or null.</param>
    /// <inheritdoc cref="Load(string?, IReadOnlyDictionary{string, string}, string?)"/>
    public static ConfigurationResult LoadStandIn(string standIn, string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile = MachineFile) =>
        Load([standIn, configFile], environment, machineFile, below: null, isStandIn: true);

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
    internal static ConfigurationResult Load(string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile, SourceText? below) =>
        Load([configFile], environment, machineFile, below, isStandIn: false);

    private static ConfigurationResult Load(
        IEnumerable<string?> configFiles, IReadOnlyDictionary<string, string> environment, string? machineFile, SourceText? below, bool isStandIn)
    {
        var findings = new Findings();
        List<SourceText> layers = below is null ? [] : [below];
        var folders = new Dictionary<SourceText, string>();
        SourceText? machine = null;
        foreach (var file in configFiles.Prepend(Path.Exists(machineFile) ? machineFile : null))
        {
            if (file is null) continue;
            var source = ConfigurationFile.Read(file, findings);
            if (file == machineFile) machine = source;
            layers.Add(source);
            folders[source] = Path.GetDirectoryName(file) ?? "/";
        }

        return Bind(layers, folders, environment, findings, isStandIn ? machine : null);
    }

    /// <param name="below">A layer between reference.conf and the text, or null.</param>
    internal static ConfigurationResult Load(SourceText text, string folder, SourceText? below) =>
        Bind(below is null ? [text] : [below, text], new Dictionary<SourceText, string> { [text] = folder }, new Dictionary<string, string>(), new Findings());

    private static ConfigurationResult Bind(
        IEnumerable<SourceText> layers, Dictionary<SourceText, string> folders, IReadOnlyDictionary<string, string> environment, Findings findings, SourceText? withoutLink = null)
    {
        var tree = HoconReader.Read(Reference(), findings, out _);
        // A file that is no text was reported once; a hundred errors about its characters would hide that.
        foreach (var layer in layers.Where(l => !findings.IsAbout(l)))
        {
            var read = HoconReader.Read(layer, findings, out _);
            tree = tree.MergedWith(layer == withoutLink ? WithoutLink(read) : read);
        }

        tree = EnvironmentLayer.Over(tree, environment, findings);
        if (findings.HasErrors) return new ConfigurationResult(null, findings.All, tree);

        // What is missing in a tree with holes says nothing, so binding waits until everything could be read.
        var found = findings.Count;
        var options = PipelineBinder.Bind(tree, new BindingContext(findings, folders));
        findings.SortFrom(found);
        return new ConfigurationResult(findings.HasErrors ? null : options, findings.All, tree);
    }

    private static HoconObject WithoutLink(HoconObject root)
    {
        if (!root.TryGet("pipeline", out var field) || field.Value is not HoconObject pipeline) return root;
        var rest = new HoconObject(pipeline.Source, pipeline.Span);
        foreach (var each in pipeline.Fields.Where(f => !LinkKeys.Contains(f.Key))) rest.Put(each);
        var stripped = root.MergedWith(new HoconObject(root.Source, root.Span));
        stripped.Put(field with { Value = rest });
        return stripped;
    }
}
