using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>
/// Reads conditions of guards in the notation of rule files. They are also shown in it. Two bases are for guards alone: <c>proto</c> and
/// <c>later</c> (<see cref="FieldBase"/>).
/// </summary>
internal static class GuardText
{
    /// <param name="guard">Its name becomes the condition's.</param>
    /// <param name="terms">All of them must match.</param>
    public static TermRule Read(string guard, string terms)
    {
        var read = RuleParser.ParseGuardTerms(new SourceText("keep-out guards", terms), out var diagnostics);
        if (diagnostics.Count > 0) throw new ArgumentException(diagnostics[0].ToString(), nameof(terms));
        return new TermRule(guard, read, 0, uint.MaxValue, false, default);
    }
}
