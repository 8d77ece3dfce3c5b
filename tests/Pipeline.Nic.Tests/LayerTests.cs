using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests;

/// <summary>
/// The law of the layers: Nic knows no actors and is alone in unsafe code, Actors knows no web, and what the kernel and C libraries
/// are called with stands in one folder.
/// </summary>
public partial class LayerTests
{
    private const int MostLines = 300;

    /// <summary>As .editorconfig says, which editors follow and compilers do not read.</summary>
    private const int MostColumns = 140;

    /// <summary>Tables: long because the thing listed is long. Paths from the root of the checkout.</summary>
    private static readonly string[] Tables = [];

    private static readonly string[] Product = ["Pipeline.Nic", "Pipeline.Actors", "Pipeline.Host"];

    [Fact]
    public void Nic_is_built_on_the_runtime_and_what_compression_needs_alone()
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        Assert.Equal(
            ["System.IO.Hashing", "ZstdSharp"],
            typeof(PagePool).Assembly.GetReferencedAssemblies().Select(a => a.Name).Where(n => !File.Exists(Path.Combine(runtime, n + ".dll"))).Order());
    }

    [Theory]
    [InlineData("Pipeline.Nic", "Akka", "Microsoft.AspNetCore", "Pipeline.Actors", "Pipeline.Host")]
    [InlineData("Pipeline.Actors", "Microsoft.AspNetCore", "Pipeline.Host")]
    public void A_project_refers_to_nothing_above_it(string project, params string[] above)
    {
        var references = ProjectFile(project).Descendants().Where(e => e.Name.LocalName.EndsWith("Reference", StringComparison.Ordinal))
            .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")?.Value.Replace('\\', '/') ?? ""));

        Assert.DoesNotContain(references, r => above.Any(a => r.StartsWith(a, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Pipeline.Nic", "Akka", "Microsoft.AspNetCore", "Pipeline.Actors", "Pipeline.Host")]
    [InlineData("Pipeline.Actors", "Microsoft.AspNetCore", "Pipeline.Host")]
    [InlineData("Pipeline.Actors/Configuration", "Akka", "Pipeline.Actors.Control", "Pipeline.Actors.Dispatch", "Pipeline.Actors.Hosting", "Pipeline.Actors.Routing", "Pipeline.Actors.Setup")]
    [InlineData("Pipeline.Actors/Setup", "Akka", "Pipeline.Actors.Control", "Pipeline.Actors.Dispatch", "Pipeline.Actors.Routing")]
    [InlineData("Pipeline.Actors/Queues", "Pipeline.Actors.Control")]
    [InlineData("Pipeline.Actors/Routing", "Pipeline.Actors.Control")]
    [InlineData("Pipeline.Actors/Delivery", "Pipeline.Actors.Control")]
    [InlineData("Pipeline.Actors/Generations", "Pipeline.Actors.Control")]
    [InlineData("Pipeline.Actors/Telemetry", "Pipeline.Actors.Control")]
    [InlineData("Pipeline.Actors/Cluster/Wire", "Akka", "Hyperion", "Pipeline.Actors")]
    [InlineData("Pipeline.Actors/Serialization", "Pipeline.Actors.Configuration", "Pipeline.Actors.Control", "Pipeline.Actors.Delivery", "Pipeline.Actors.Generations", "Pipeline.Actors.Queues", "Pipeline.Actors.Routing", "Pipeline.Actors.Telemetry")]
    [InlineData("Pipeline.Actors/Dispatch", "Pipeline.Actors.Control", "Pipeline.Actors.Queues", "Pipeline.Actors.Routing", "Pipeline.Actors.Delivery", "Pipeline.Actors.Generations", "Pipeline.Actors.Telemetry")]
    [InlineData("Pipeline.Nic/Linux", "Pipeline.Nic.Accounts", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Diagnostics", "Pipeline.Nic.Headers", "Pipeline.Nic.Pages", "Pipeline.Nic.Pcapng", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Nic/Compression", "Pipeline.Nic.Accounts", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Linux", "Pipeline.Nic.Pages", "Pipeline.Nic.Pcapng", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Nic/Headers", "Pipeline.Nic.Accounts", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Pages", "Pipeline.Nic.Pcapng", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Nic/Pcapng", "Pipeline.Nic.Accounts", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Pages", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Nic/Accounts", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Pages", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Nic/Pages", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Nic/Rules", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices")]
    [InlineData("Pipeline.Nic/Links", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Nic/Devices", "Pipeline.Nic.Consumers")]
    [InlineData("Pipeline.Nic/Diagnostics", "Pipeline.Nic.Accounts", "Pipeline.Nic.Consumers", "Pipeline.Nic.Devices", "Pipeline.Nic.Headers", "Pipeline.Nic.Pages", "Pipeline.Nic.Rules")]
    [InlineData("Pipeline.Host/AspNetCore/Schema", "Pipeline.Host.Checking", "Pipeline.Host.Commands", "Pipeline.Host.Dashboard", "Pipeline.Host.Inventory", "Pipeline.Host.Live", "Pipeline.Host.Remote", "Pipeline.Host.Reports", "Pipeline.Host.Running", "Pipeline.Host.Server")]
    [InlineData("Pipeline.Host/AspNetCore/Dashboard", "Microsoft.AspNetCore", "Pipeline.Host.Server")]
    [InlineData("Pipeline.Host/Remote", "Microsoft.AspNetCore", "Pipeline.Host.Dashboard", "Pipeline.Host.Reports", "Pipeline.Host.Server")]
    [InlineData("Pipeline.Host/Reports", "Microsoft.AspNetCore", "Pipeline.Host.Dashboard", "Pipeline.Host.Server")]
    [InlineData("Pipeline.Host/Running", "Microsoft.AspNetCore", "Pipeline.Host.Dashboard", "Pipeline.Host.Remote", "Pipeline.Host.Server")]
    [InlineData("Pipeline.Host/AspNetCore/Server", "Pipeline.Host.Commands", "Pipeline.Host.Live", "Pipeline.Host.Remote")]
    public void A_source_file_uses_nothing_above_it(string project, params string[] above) =>
        Assert.Empty(Sources(project).Where(f => UsedNamespaces().Matches(f.Text).Any(m => above.Any(a => IsWithin(m.Groups[1].Value, a)))).Select(f => f.Path));

    /// <summary>Every shape of JSON is a record of the schema; nobody writes one by hand beside it.</summary>
    [Fact]
    public void Only_the_schema_writes_JSON_and_what_sends_it_in_pieces() =>
        Assert.Equal(
            ["Pipeline.Host/AspNetCore/Server/JsonPieces.cs"],
            Sources("Pipeline.Host").Where(f => f.Text.Contains("Utf8JsonWriter", StringComparison.Ordinal) && !f.Path.StartsWith("Pipeline.Host/AspNetCore/Schema/", StringComparison.Ordinal))
                .Select(f => f.Path));

    [Fact]
    public void No_two_folders_of_Nic_know_each_other_but_parent_and_child()
    {
        var known = Sources("Pipeline.Nic")
            .SelectMany(f => UsedNamespaces().Matches(f.Text).Select(m => (From: Namespace().Match(f.Text).Groups[1].Value, To: m.Groups[1].Value)))
            .Where(e => IsWithin(e.To, "Pipeline.Nic") && !IsWithin(e.From, e.To) && !IsWithin(e.To, e.From)).ToHashSet();

        Assert.NotEmpty(known);
        Assert.DoesNotContain(known, e => known.Contains((e.To, e.From)));
    }

    [Fact]
    public void Only_the_host_may_be_a_web_project() =>
        Assert.All(Product.Except(["Pipeline.Host"]), p => Assert.Equal("Microsoft.NET.Sdk", ProjectFile(p).Root?.Attribute("Sdk")?.Value));

    [Fact]
    public void Only_Nic_may_be_unsafe() =>
        Assert.Equal(["Pipeline.Nic"], Product.Where(p => ProjectFile(p).Descendants("AllowUnsafeBlocks").Any(e => e.Value == "true")));

    [Fact]
    public void Native_functions_are_declared_in_one_folder_only() =>
        Assert.Empty(Product.SelectMany(Sources).Where(f => NativeImport().IsMatch(f.Text) && !f.Path.StartsWith("Pipeline.Nic/Linux/", StringComparison.Ordinal))
            .Select(f => f.Path));

    [Fact]
    public void Every_native_function_has_its_C_prototype_above_it() =>
        Assert.Empty(Sources("Pipeline.Nic/Linux").SelectMany(f => ImportWithLineAbove().Matches(f.Text)
            .Where(m => !m.Groups[1].Value.TrimStart().StartsWith("//", StringComparison.Ordinal)).Select(m => $"{f.Path}: {m.Groups[1].Value}")));

    [Fact]
    public void No_file_but_a_table_is_long() =>
        Assert.Empty(Product.SelectMany(Sources).Where(f => !Tables.Contains(f.Path) && f.Text.Count(c => c == '\n') > MostLines).Select(f => f.Path));

    [Fact]
    public void No_line_of_Nic_is_wider_than_a_screen() =>
        Assert.Empty(Sources("Pipeline.Nic").SelectMany(f => f.Text.Split('\n').Select((line, i) => (line.Length, At: $"{f.Path}:{i + 1}")))
            .Where(l => l.Length > MostColumns).Select(l => l.At));

    private static bool IsWithin(string name, string above) => name == above || name.StartsWith(above + ".", StringComparison.Ordinal);

    [Fact]
    public void No_guide_has_the_marks_of_a_merge() => Assert.DoesNotContain(
        Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)),
        f => File.ReadLines(f).Any(line => line.StartsWith("<<<<<<< ", StringComparison.Ordinal) || line.StartsWith(">>>>>>> ", StringComparison.Ordinal)));

    private static XDocument ProjectFile(string project) => XDocument.Load(Path.Combine(Repository.Root, project, project + ".csproj"));

    private static IEnumerable<(string Path, string Text)> Sources(string folder)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(f => (Path: Path.GetRelativePath(Repository.Root, f), Full: f))
            .Where(f => !f.Path.Split('/').Any(part => part is "bin" or "obj")).ToList();
        Assert.NotEmpty(files);
        return files.Select(f => (f.Path, File.ReadAllText(f.Full)));
    }

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex UsedNamespaces();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*\[(DllImport|LibraryImport)\(", RegexOptions.Multiline)]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"^([^\n]*)\n\s*\[(?:DllImport|LibraryImport)\(", RegexOptions.Multiline)]
    private static partial Regex ImportWithLineAbove();
}
