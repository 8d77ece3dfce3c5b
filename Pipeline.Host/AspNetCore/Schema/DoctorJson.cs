namespace Pipeline.Host.Schema;

/// <summary>What was found out about the machine and its interfaces, schema <c>pipeline.doctor/1</c>.</summary>
/// <param name="Works">Whether a backend works, for each interface that was looked at.</param>
internal sealed record DoctorJson(string Schema, bool Ok, IReadOnlyList<FindingJson> Findings, IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Works)
{
    public const string Name = "pipeline.doctor/1";
}

/// <param name="Subject">The interface, or <c>machine</c>.</param>
/// <param name="Level"><c>ok</c>, <c>note</c> or <c>wrong</c>.</param>
/// <param name="Fix">What mends it; absent where nothing is to be done.</param>
/// <param name="For">The backends that it matters to.</param>
internal sealed record FindingJson(string Subject, string What, string Level, string Says, string? Fix, IReadOnlyList<string> For);
