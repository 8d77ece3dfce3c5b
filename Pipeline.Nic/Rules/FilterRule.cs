using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>A rule in the pcap-filter language (pcap-filter(7)), compiled by libpcap for each link type it meets.</summary>
/// <param name="Expression">The text between the quotes, unchanged.</param>
/// <param name="ExpressionSpan">Where that text stands in the rule's source.</param>
public sealed record FilterRule(
    string Name, string Expression, TextSpan ExpressionSpan, uint Mark, uint MarkMask, bool Continue, TextSpan Span)
    : MarkRule(Name, Mark, MarkMask, Continue, Span)
{
    /// <inheritdoc/>
    public override string Condition => $"filter \"{Expression}\"";
}
