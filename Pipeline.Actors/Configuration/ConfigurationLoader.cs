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
    /// <summary>The configuration of the whole machine. The program reads it as a layer below the user's file.</summary>
    public const string MachineFile = "/etc/pipeline/pipeline.conf";

    private const string ReferenceName = "reference.conf";

    /// <summary>The keys of <c>pipeline</c> that describe one link and where its packets go.</summary>
    private static readonly string[] LinkKeys = ["name", "state", "source", "rules", "routes", "consumers"];

    /// <summary>Reads and binds all layers.</summary>
    /// <param name="configFile">The user's file, or null. File names in it are relative to it.</param>
    /// <param name="environment">
    /// Environment variables. Those whose names begin with <c>PIPELINE__</c> are a layer; a file may ask for any by <c>${?NAME}</c>.
    /// </param>
    /// <param name="machineFile">The machine's file, skipped when it does not exist; null for none.</param>
    /// <exception cref="IOException">
    /// A file that must exist cannot be read, or is a directory; <see cref="FileNotFoundException"/> and the like say why.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Access to a file is denied.</exception>
    public static ConfigurationResult Load(
        string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile = MachineFile) =>
        Load(configFile, environment, machineFile, below: null);

    /// <summary>Loads a configuration of several files. Each lies over those before it.</summary>
    /// <param name="configFiles">The user's files, the lowest first; empty for none.</param>
    /// <inheritdoc cref="Load(string?, IReadOnlyDictionary{string, string}, string?)"/>
    public static ConfigurationResult Load(
        IReadOnlyList<string> configFiles, IReadOnlyDictionary<string, string> environment, string? machineFile = MachineFile) =>
        Load(configFiles, environment, machineFile, below: null, isStandIn: false);

    /// <summary>
    /// Loads a configuration that stands in for the machine's. The source, the rules, the routes and the consumers of the machine's file
    /// are ignored, because they describe a link of the machine.
    /// </summary>
    /// <param name="standIn">The file that takes its place.</param>
    /// <param name="configFile">The user's file, which is laid over the stand-in; or null.</param>
    /// <inheritdoc cref="Load(string?, IReadOnlyDictionary{string, string}, string?)"/>
    public static ConfigurationResult LoadStandIn(
        string standIn, string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile = MachineFile) =>
        Load([standIn, configFile], environment, machineFile, below: null, isStandIn: true);

    /// <summary>Loads a configuration from a text, which need not be a file. Nothing is laid over it.</summary>
    /// <param name="text">The configuration.</param>
    /// <param name="folder">The folder that file names in the text are relative to; empty for the working directory.</param>
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
    internal static ConfigurationResult Load(
        string? configFile, IReadOnlyDictionary<string, string> environment, string? machineFile, SourceText? below) =>
        Load([configFile], environment, machineFile, below, isStandIn: false);

    private static ConfigurationResult Load(
        IEnumerable<string?> configFiles, IReadOnlyDictionary<string, string> environment, string? machineFile, SourceText? below,
        bool isStandIn)
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
        Bind(
            below is null ? [text] : [below, text],
            new Dictionary<SourceText, string> { [text] = folder },
            new Dictionary<string, string>(),
            new Findings());

    private static ConfigurationResult Bind(
        IEnumerable<SourceText> layers, Dictionary<SourceText, string> folders, IReadOnlyDictionary<string, string> environment,
        Findings findings, SourceText? withoutLink = null)
    {
        var inputs = new HoconInputs(environment, new IncludedFiles(folders, findings).Open);
        var tree = HoconReader.Read(Reference(), findings, out _);
        // A file that is not text was reported once; a hundred errors about its characters would hide that report.
        foreach (var layer in layers.Where(l => !findings.IsAbout(l)))
        {
            var read = HoconReader.Read(layer, findings, out _, folders.ContainsKey(layer) ? inputs : null);
            tree = tree.MergedWith(layer == withoutLink ? WithoutLink(read) : read);
        }

        tree = EnvironmentLayer.Over(tree, environment, findings);
        if (findings.HasErrors) return new ConfigurationResult(null, findings.All, tree);

        // A key that is missing from an incomplete tree proves nothing, so binding waits until everything could be read.
        var found = findings.Count;
        var options = PipelineBinder.Bind(tree, new BindingContext(findings, folders));
        findings.SortFrom(found);
        return new ConfigurationResult(findings.HasErrors ? null : options, findings.All, tree) { Readable = options };
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
