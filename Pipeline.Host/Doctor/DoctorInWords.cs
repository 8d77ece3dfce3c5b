namespace Pipeline.Host.Doctor;

/// <summary>A diagnosis for people: a line for each thing, and under it the command that mends it.</summary>
internal static class DoctorInWords
{
    /// <param name="subjects">The interfaces, in their order.</param>
    public static IEnumerable<string> Lines(Diagnosis found, IReadOnlyList<string> subjects)
    {
        foreach (var group in found.Findings.GroupBy(f => f.Subject))
        {
            yield return group.Key;
            var width = group.Max(f => f.What.Length);
            foreach (var finding in group)
            {
                yield return $"  {WordOf(finding.Level),-5}  {finding.What.PadRight(width)}  {finding.Says}";
                if (finding.Fix is { } fix) yield return $"         {new string(' ', width)}  fix: {fix}";
            }

            yield return "";
        }

        foreach (var subject in subjects) yield return $"{subject}: {string.Join("; ", found.Asked.Select(b => Verdict(found, b, subject)))}";
        if (subjects.Count == 0) yield return string.Join("; ", found.Asked.Select(b => Verdict(found, b, Finding.Machine)));
    }

    public static string WordOf(FindingLevel level) => level switch
    {
        FindingLevel.Ok => "ok",
        FindingLevel.Note => "note",
        _ => "wrong",
    };

    private static string Verdict(Diagnosis found, string backend, string subject)
    {
        var stops = found.Stops(backend, subject).Select(f => f.What).Distinct().ToList();
        return stops.Count == 0 ? $"{backend} works" : $"{backend} does not work ({string.Join(", ", stops)})";
    }
}
