using Pipeline.TestSupport;

namespace Pipeline.Samples.Tests;

/// <summary>The samples as they were built with these tests, in the same configuration.</summary>
internal static class BuiltSample
{
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string PathOf(string name) => Path.Combine(Repository.Root, "samples", name, "bin", Configuration, "net10.0", name + ".dll");

    public static Tool.Result Run(string name, params string[] arguments) => Tool.Run("dotnet", [PathOf(name), .. arguments]);
}
