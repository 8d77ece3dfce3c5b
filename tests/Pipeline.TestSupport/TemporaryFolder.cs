namespace Pipeline.TestSupport;

/// <summary>A folder of a test's own, gone after it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "pipeline-test-";

    private readonly DirectoryInfo _folder;

    public TemporaryFolder() => _folder = Directory.CreateTempSubdirectory(Prefix);

    /// <param name="parent">Where it is made, such as a file system in memory.</param>
    public TemporaryFolder(string parent) => _folder = Directory.CreateDirectory(Path.Combine(parent, Prefix + Path.GetRandomFileName()));

    public string FullName => _folder.FullName;

    public string this[string name] => Path.Combine(FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
