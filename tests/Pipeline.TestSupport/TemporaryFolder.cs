namespace Pipeline.TestSupport;

/// <summary>A folder of a test's own, gone after it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pipeline-test-");

    public string FullName => _folder.FullName;

    public string this[string name] => Path.Combine(FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
