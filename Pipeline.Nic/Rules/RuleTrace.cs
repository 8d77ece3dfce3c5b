using System.Text;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Explaining;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Rules;

/// <summary>The interpreter's result of each rule for one packet, for people to read.</summary>
/// <param name="Text">A line for each rule tried and each of its terms.</param>
/// <param name="Matched">The rules that matched, 1-based, in order.</param>
/// <param name="Mark">The packet's mark after them.</param>
public sealed record RuleTrace(string Text, IReadOnlyList<int> Matched, uint Mark)
{
    /// <summary>The keep-out guard that matched, so that no rule was tried; null for none.</summary>
    public string? KeptOutBy { get; init; }

    /// <summary>Tries the rules on a packet that has no mark yet, up to the first that ends the search.</summary>
    /// <param name="bytes">The packet's captured bytes.</param>
    public static RuleTrace Of(MarkTable table, NicInterface nicInterface, in Packet packet, ReadOnlySpan<byte> bytes)
    {
        var program = table.ProgramFor(nicInterface.Link);
        var located = LocatedPacket.Locate(nicInterface.LinkType, bytes, packet.WireLength);
        var text = new StringBuilder();
        AppendPacket(text, nicInterface.LinkType, located);
        if (AppendGuards(text, table.Guards, nicInterface.LinkType, located) is { } guard)
            return new RuleTrace(text.ToString(), [], 0) { KeptOutBy = guard };
        List<int> matched = [];
        var mark = 0u;
        for (var i = 0; i < table.Rules.Rules.Count; i++)
        {
            var rule = table.Rules.Rules[i];
            text.Append($"rule {i + 1} {rule.Name}\n");
            if (rule is TermRule terms) AppendTerms(text, terms, located);
            else AppendFilter(text, rule, program.Filters[i], program.Filters.RejectionOf(i), located);
            if (!program.Interpreter.Matches(i, located)) continue;
            matched.Add(i + 1);
            text.Append($"  matches: mark 0x{mark:x} becomes 0x{rule.ApplyTo(mark):x}{(rule.Continue ? ", later rules are tried" : "")}\n");
            mark = rule.ApplyTo(mark);
            if (!rule.Continue) break;
        }

        if (matched.Count == 0) text.Append("no rule matches: mark 0x0\n");
        return new RuleTrace(text.ToString(), matched, mark);
    }

    private static void AppendPacket(StringBuilder text, LinkType linkType, in LocatedPacket packet)
    {
        text.Append($"{packet.Bytes.Length} bytes captured of {packet.WireLength}, link type {LinkTypeName.Of(linkType)}");
        text.Append($", l3 {At(packet.Of(FieldBase.L3))}, l4 {At(packet.Of(FieldBase.L4))}\n");
    }

    /// <summary>A line for each guard up to the one that matches, with the condition that the packet meets.</summary>
    private static string? AppendGuards(StringBuilder text, IReadOnlyList<Guard> guards, LinkType linkType, in LocatedPacket packet)
    {
        foreach (var guard in guards)
        {
            text.Append($"keep-out {guard.Name}");
            if (guard.Replies is not null) text.Append(" asks the kernel for the packet's socket");
            if (guard.Met(linkType, packet) is not { } condition)
            {
                text.Append(": no\n");
                continue;
            }

            text.Append('\n');
            AppendTerms(text, condition, packet);
            text.Append("  kept out: no mark, and no rule is tried\n");
            return guard.Name;
        }

        return null;
    }

    private static string At(int offset) => offset < 0 ? "absent" : $"at {offset}";

    private static void AppendTerms(StringBuilder text, TermRule rule, in LocatedPacket packet)
    {
        foreach (var term in rule.Terms)
        {
            text.Append($"  {term}  {Verdict(term, packet)}  ({TermInWords.Of(term)})\n");
            if (!TermInterpreter.Matches(term, packet)) return;
        }
    }

    private static string Verdict(Term term, in LocatedPacket packet)
    {
        if (packet.Of(term.Address.Base) < 0) return $"no: {term.Address.BaseName} is absent";
        if (!TermInterpreter.TryRead(term, packet, out var position, out var read)) return "no: beyond the captured bytes";
        var digits = "x" + (2 * term.Width);
        var masked = read & term.Mask;
        return $"{(masked == term.Value ? "yes" : "no")}: at {position} is 0x{read.ToString(digits)}, masked 0x{masked.ToString(digits)}";
    }

    private static void AppendFilter(StringBuilder text, MarkRule rule, CbpfProgram? filter, string? rejection, in LocatedPacket packet)
    {
        text.Append($"  {rule.Condition}  ");
        if (filter is null) text.Append($"no: {rejection}\n");
        else text.Append(CbpfInterpreter.Run(filter, packet.Bytes, packet.WireLength) == 0 ? "no\n" : "yes\n");
    }
}
