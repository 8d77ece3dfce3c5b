namespace Pipeline.TestSupport;

/// <summary>
/// Public captures and what reference tools say of them. They lie beside the checkout, or where PIPELINE_CORPUS says; tests of them
/// are skipped where they are absent.
/// </summary>
public static class Corpus
{
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("PIPELINE_CORPUS") ?? Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "corpus"));

    public static bool IsPresent => Directory.Exists(Path.Combine(Folder, "captures"));

    public static string CapturePath(string file) => Path.Combine(Folder, "captures", Path.GetFileName(file));

    public static string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>A tab-separated table with a header line, a dictionary per row.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Table(string file)
    {
        using var lines = File.ReadLines(PathOf(file)).GetEnumerator();
        if (!lines.MoveNext()) yield break;
        var columns = lines.Current.Split('\t');
        while (lines.MoveNext())
        {
            var cells = lines.Current.Split('\t');
            yield return columns.Select((c, i) => (c, i)).ToDictionary(c => c.c, c => c.i < cells.Length ? cells[c.i] : "");
        }
    }
}
