using System.Reflection;

namespace Pipeline.TestSupport;

/// <summary>
/// <c>PublicApi.txt</c> beside a library's project: its public surface as it was last agreed to, so that a change of it is seen in the diff of
/// a commit.
/// </summary>
public static class PublicApiFile
{
    /// <summary>Set to 1, it has the files written anew in place of being compared.</summary>
    public const string WriteVariable = "PIPELINE_WRITE_PUBLIC_API";

    /// <summary>What the surface has more and less than the file says, a line each; empty when they are equal.</summary>
    /// <param name="project">The project's folder, from the root of the checkout.</param>
    public static string DifferenceOf(Assembly assembly, string project)
    {
        var path = Path.Combine(Repository.Root, project, "PublicApi.txt");
        var now = PublicApi.Of(assembly);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1") File.WriteAllLines(path, now);
        var agreed = File.Exists(path) ? File.ReadAllLines(path) : [];
        var changes = agreed.Except(now).Select(l => (Line: l, Sign: '-')).Concat(now.Except(agreed).Select(l => (Line: l, Sign: '+')))
            .OrderBy(c => c.Line, StringComparer.Ordinal).Select(c => $"\n{c.Sign} {c.Line}").ToList();
        if (changes.Count > 0) return $"{Asked(project)}{string.Concat(changes)}";
        return agreed.SequenceEqual(now) ? "" : $"{Asked(project)}\nThe lines are the same, in another order.";
    }

    private static string Asked(string project) =>
        $"the public surface of {project} is not that of {project}/PublicApi.txt; "
        + $"if it is meant, run this test with {WriteVariable}=1 and commit the file";
}
