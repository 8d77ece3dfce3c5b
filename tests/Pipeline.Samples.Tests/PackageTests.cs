using System.IO.Compression;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Samples.Tests;

/// <summary>The packages as somebody else gets them: what is in them, and a program outside of this checkout that uses them.</summary>
public sealed class PackageTests : IDisposable
{
    /// <summary>No build server may outlive the command: it would keep the pipe open that its output is read from.</summary>
    private static readonly string[] Alone = ["-nodeReuse:false", "-p:UseSharedCompilation=false", "-v", "quiet", "--nologo"];

    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <RestorePackagesPath>packages</RestorePackagesPath>
            <RestoreAdditionalProjectSources>nupkg</RestoreAdditionalProjectSources>
            <RestoreFallbackFolders>$(NuGetPackageRoot)</RestoreFallbackFolders>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Pipeline.Actors" Version="0.1.0-*" />
          </ItemGroup>
        </Project>
        """;

    private const string Program = """
        using Pipeline.Actors;
        using Pipeline.Actors.Setup;
        using Pipeline.Nic.Consumers;

        var setup = new PipelineBuilder().ReadCapture(args[0]).Handler("all", _ => new CountConsumer()).Route("all").Build();
        await using var run = PipelineRun.Start(setup);
        Console.WriteLine((await run.Completion).View.Ledger.Delivered.Packets);
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_program_elsewhere_compiles_against_the_packages_and_runs()
    {
        Pack("Pipeline.Nic");
        Pack("Pipeline.Actors");
        File.WriteAllText(_folder["Elsewhere.csproj"], Project.Replace("$(NuGetPackageRoot)", PackageCache, StringComparison.Ordinal));
        File.WriteAllText(_folder["Program.cs"], Program);

        Dotnet("build", _folder["Elsewhere.csproj"], "-o", _folder["out"]);
        var result = Tool.Run("dotnet", _folder["out/Elsewhere.dll"], SmallCapture.WriteTo(_folder["small.pcap"]));

        Assert.Equal(("11\n", 0), (result.Output, result.ExitCode));
    }

    [Theory]
    [InlineData("Pipeline.Nic", "lib/net10.0/Pipeline.Nic.dll", "lib/net10.0/Pipeline.Nic.xml")]
    [InlineData("Pipeline.Host", "tools/net10.0/any/pipeline.dll", "tools/net10.0/any/DotnetToolSettings.xml")]
    public void A_package_has_its_readme_its_licence_and_symbols_beside_it(string project, params string[] files)
    {
        Pack(project);

        var packages = Directory.GetFiles(_folder["nupkg"]);
        Assert.Contains(packages, p => p.EndsWith(".snupkg", StringComparison.Ordinal));
        using var package = ZipFile.OpenRead(packages.Single(p => p.EndsWith(".nupkg", StringComparison.Ordinal)));
        Assert.All([.. files, "README.md"], file => Assert.NotNull(package.GetEntry(file)));
        using var nuspec = new StreamReader(package.GetEntry(project + ".nuspec")!.Open());
        var text = nuspec.ReadToEnd();
        Assert.All(["Apache-2.0", "<readme>README.md</readme>"], words => Assert.Contains(words, text));
    }

    private static string PackageCache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Under a version of its own, so that no cache takes it for another.</summary>
    private void Pack(string project) => Dotnet(
        "pack", Path.Combine(Repository.Root, project), "--no-build", "-c", Configuration, "-o", _folder["nupkg"], $"-p:PackageVersion=0.1.0-test{Environment.ProcessId}");

    private static void Dotnet(params string[] arguments)
    {
        var result = Tool.Run("dotnet", [.. arguments, .. Alone]);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }
}
