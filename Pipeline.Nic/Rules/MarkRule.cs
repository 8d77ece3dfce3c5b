using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>A match and the mark it sets.</summary>
/// <param name="Name">Unique in its set; becomes a file name and a label.</param>
/// <param name="Mark">The bits to set; those outside <paramref name="MarkMask"/> are ignored.</param>
/// <param name="MarkMask">The bits of the packet's mark that this rule writes.</param>
/// <param name="Continue">Whether later rules are tried after this one matched.</param>
/// <param name="Span">Where the rule stands in its source.</param>
public abstract record MarkRule(string Name, uint Mark, uint MarkMask, bool Continue, TextSpan Span);
