using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>
/// Reads the part of HOCON that the head of <c>hocon/reference.conf</c> describes, and keeps the place of every value. It accepts any text,
/// in time and memory linear in the length.
/// </summary>
internal static class HoconReader
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int LongestText = 4 * 1024 * 1024;

    /// <summary>How deep objects and lists may be nested, the parts of dotted keys counted.</summary>
    public const int DeepestNesting = 64;

    /// <summary>The most fields and list elements of one text: a bound on memory.</summary>
    public const int MostValues = 100_000;

    /// <returns>The tree and the errors, in the order of the text. After errors the tree holds what could still be read.</returns>
    public static (HoconObject Root, IReadOnlyList<Diagnostic> Diagnostics) Read(SourceText source)
    {
        var findings = new Findings();
        return (Read(source, findings, out _), findings.All);
    }

    /// <param name="inputs">What the text may ask for; null for nothing.</param>
    internal static HoconObject Read(SourceText source, Findings findings, out long work, HoconInputs? inputs = null)
    {
        var from = findings.Count;
        work = 0;
        if (TooLong(source, findings)) return new HoconObject(source, default);

        var parser = new HoconParser(source, findings, inputs ?? HoconInputs.None);
        var root = parser.Root();
        findings.SortFrom(from);
        work = parser.Work;
        return root;
    }

    /// <summary>Reads one value as it would stand behind a key: an object, a list or a string in quotes.</summary>
    internal static HoconNode? ReadValue(SourceText source, Findings findings)
    {
        if (TooLong(source, findings)) return null;
        var from = findings.Count;
        var value = new HoconParser(source, findings, HoconInputs.None).OnlyValue();
        findings.SortFrom(from);
        return value;
    }

    private static bool TooLong(SourceText source, Findings findings)
    {
        if (source.Text.Length <= LongestText) return false;
        findings.Error(
            source, new TextSpan(LongestText, 1), $"a configuration of {source.Text.Length} characters; at most {LongestText} are read");
        return true;
    }
}
