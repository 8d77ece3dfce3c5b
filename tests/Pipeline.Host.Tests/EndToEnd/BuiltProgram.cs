using Pipeline.TestSupport;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>The program as it was built beside the tests, in a process of its own.</summary>
internal static class BuiltProgram
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "pipeline.dll");

    public static Tool.Result Run(params string[] arguments) => Tool.Run("dotnet", [Path, .. arguments]);

    /// <summary>In a shell, where <c>pipeline</c> is the program: for pipes, redirections and signals.</summary>
    public static Tool.Result Shell(string script) => Tool.Run("bash", "-c", $"pipeline() {{ dotnet '{Path}' \"$@\"; }}\n{script}");
}
