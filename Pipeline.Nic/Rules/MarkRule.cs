using System.Globalization;
using System.Text;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>A match and the mark it sets.</summary>
/// <param name="Name">Unique in its set; becomes a file name and a label.</param>
/// <param name="Mark">The bits to set; those outside <paramref name="MarkMask"/> are ignored.</param>
/// <param name="MarkMask">The bits of the packet's mark that this rule writes.</param>
/// <param name="Continue">Whether later rules are tried after this one matched.</param>
/// <param name="Span">Where the rule stands in its source.</param>
public abstract record MarkRule(string Name, uint Mark, uint MarkMask, bool Continue, TextSpan Span)
{
    /// <summary>The condition that it matches, as a rule file has it.</summary>
    public abstract string Condition { get; }

    /// <summary>The mark as a rule file has it: the value, and the mask unless it is all bits.</summary>
    public string MarkText => MarkMask == uint.MaxValue ? $"0x{Mark:x}" : $"0x{Mark:x}/0x{MarkMask:x}";

    /// <summary>The packet's mark after this rule.</summary>
    public uint ApplyTo(uint mark) => (mark & ~MarkMask) | (Mark & MarkMask);

    /// <summary>The rule as one line of a rule file.</summary>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    /// <summary>
    /// Appends the rule as one line of a rule file, without its end. Whoever goes through tens of thousands of rules needs no string for
    /// each.
    /// </summary>
    /// <param name="text">What it is appended to.</param>
    public void AppendTo(StringBuilder text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.Append("rule ").Append(Name).Append(' ');
        AppendCondition(text);
        text.Append(CultureInfo.InvariantCulture, $" mark 0x{Mark:x}");
        if (MarkMask != uint.MaxValue) text.Append(CultureInfo.InvariantCulture, $"/0x{MarkMask:x}");
        if (Continue) text.Append(" continue");
    }

    private protected virtual void AppendCondition(StringBuilder text) => text.Append(Condition);
}
