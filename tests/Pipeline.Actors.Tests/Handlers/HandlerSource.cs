using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Handlers;

/// <summary>Compiles handlers as their authors would.</summary>
internal static class HandlerSource
{
    private const string Usings = "using System; using System.IO; using Pipeline.Nic.Consumers; using Pipeline.Nic.Pages;\n";

    private static readonly IReadOnlyList<MetadataReference> Runtime =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
    ];

    private static readonly MetadataReference Nic = MetadataReference.CreateFromFile(typeof(PacketHandler).Assembly.Location);

    /// <summary>The codes of all errors, in order.</summary>
    public static IReadOnlyList<string> Errors(string code) =>
        [.. Compilation("Handler", Usings + code, Nic).Emit(Stream.Null).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id).Distinct()];

    /// <summary>Writes an assembly with this code in it.</summary>
    /// <returns>Its path.</returns>
    public static string Build(string folder, string code, string name = "Handler", params string[] libraries) =>
        Emit(folder, name, Usings + code, [Nic, .. libraries.Select(l => MetadataReference.CreateFromFile(l))]);

    /// <summary>The same without anything of the pipeline.</summary>
    public static string BuildLibrary(string folder, string name, string code, params string[] libraries) =>
        Emit(folder, name, code, [.. libraries.Select(l => MetadataReference.CreateFromFile(l))]);

    /// <summary>An assembly that was built against a Pipeline.Nic of another version.</summary>
    public static string BuildAgainst(string folder, string version)
    {
        var other = Directory.CreateDirectory(Path.Combine(folder, "other")).FullName;
        var nic = BuildLibrary(other, "Pipeline.Nic", $"[assembly: System.Reflection.AssemblyVersion(\"{version}\")] namespace Pipeline.Nic.Consumers {{ public class PacketHandler {{ }} }}");
        return Emit(folder, "Handler", "public class Old : Pipeline.Nic.Consumers.PacketHandler { }", [MetadataReference.CreateFromFile(nic)]);
    }

    private static string Emit(string folder, string name, string code, IReadOnlyList<MetadataReference> references)
    {
        var path = Path.Combine(folder, name + ".dll");
        using var assembly = File.Create(path);
        using var symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        var result = Compilation(name, code, [.. references]).Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return path;
    }

    private static CSharpCompilation Compilation(string name, string code, params IReadOnlyList<MetadataReference> references) => CSharpCompilation.Create(
        name,
        [CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest))],
        [.. Runtime, .. references],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
}
