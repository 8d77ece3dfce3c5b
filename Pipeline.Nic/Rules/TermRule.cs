using System.Text;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>A rule in the offset:mask:value notation.</summary>
/// <param name="Terms">All of them must match. There is at least one.</param>
public sealed record TermRule(string Name, IReadOnlyList<Term> Terms, uint Mark, uint MarkMask, bool Continue, TextSpan Span)
    : MarkRule(Name, Mark, MarkMask, Continue, Span)
{
    /// <inheritdoc/>
    public override string Condition => "match " + string.Join(' ', Terms);

    private protected override void AppendCondition(StringBuilder text)
    {
        text.Append("match");
        foreach (var term in Terms) term.AppendTo(text.Append(' '));
    }
}
