namespace Pipeline.TestSupport;

/// <summary>The checkout the tests run from, found by its solution file.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pipeline.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not run from within a checkout: no Pipeline.sln above them.");
    }
}
