using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Parsing;

/// <summary>
/// Reads one rule after its first word. After an error it continues where it can, so that one pass finds all errors.
/// </summary>
/// <param name="addresses">The addresses of the rules before it.</param>
internal sealed class RuleReader(LineScanner line, RuleDiagnostics report, KnownAddresses addresses)
{
    /// <summary>Bounds the code that is emitted for one rule. Packets have a few dozen fields.</summary>
    private const int MostTerms = 256;

    private const int LongestName = 64;
    private const string NoQuotesInside = "a filter cannot contain a double quote";

    private static readonly string[] ConditionWords = ["match", "filter"];
    private static readonly string[] MarkWord = ["mark"];
    private static readonly string[] ContinueWord = ["continue"];

    private bool _ok = true;

    /// <param name="start">The place of the rule's first word.</param>
    /// <param name="name">The name as written; the end of the line when there was no usable one.</param>
    /// <returns>Null after an error.</returns>
    public MarkRule? Read(int start, out Word name)
    {
        name = line.Next();
        var isGoodName = CheckName(name);
        if (name.IsEnd || name.IsQuoted) return null;
        var rule = ReadCondition(start, name);
        if (!isGoodName) name = default;
        return rule;
    }

    private MarkRule? ReadCondition(int start, Word name)
    {
        var condition = line.Next();
        if (condition.Is("match")) return ReadTerms(start, name);
        if (condition.Is("filter")) return ReadFilter(start, name);
        Unexpected(condition, "expected 'match' or 'filter'", ConditionWords);
        return null;
    }

    private bool CheckName(Word name)
    {
        var fault = name switch
        {
            { IsEnd: true } => "the rule ends before its name",
            { IsQuoted: true } => "a name is not quoted",
            { Text.Length: > LongestName } => $"the name has {name.Text.Length} characters; at most {LongestName} are allowed",
            { Text: "unmatched" } => "'unmatched' is the name of what no rule matched",
            _ when name.Text[0] == '.' => "a name does not begin with a dot",
            _ when !name.Text.All(IsNameCharacter) => $"{name.Shown} is not a name",
            _ => null,
        };
        if (fault is not null) Fail(name.Span, fault, "expected letters, digits, '_', '.' or '-'");
        return fault is null;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';

    private TermRule? ReadTerms(int start, Word name)
    {
        List<Term> terms = [];
        while (!line.Peek().IsEnd && !line.Peek().Is("mark") && LooksLikeTerm(line.Peek()))
        {
            var word = line.Next();
            if (terms.Count == MostTerms)
            {
                Fail(word.Span, $"more than {MostTerms} terms in one rule");
                return null;
            }

            if (new TermReader(word, report).Read() is { } term) terms.Add(addresses.Share(term));
            else _ok = false;
        }

        if (_ok && terms.Count == 0) Fail(line.Peek().Span, "a match without a term", "expected ADDRESS:MASK:VALUE, such as 12:ffff:0800");
        var mark = ReadMark();
        return _ok ? new TermRule(name.Text, terms.ToArray(), mark.Value, mark.Mask, mark.Continue, SpanFrom(start)) : null;
    }

    /// <summary>A word without a colon is a misspelt keyword rather than a term.</summary>
    private static bool LooksLikeTerm(Word word) => !word.IsQuoted && (word.Text.Contains(':') || !char.IsAsciiLetter(word.Text[0]));

    private FilterRule? ReadFilter(int start, Word name)
    {
        var filter = line.Next();
        if (!filter.IsQuoted)
        {
            Unexpected(filter, "expected a filter in double quotes", []);
            return null;
        }

        CheckFilter(filter);
        var mark = ReadMark();
        var text = new TextSpan(filter.Span.Start + 1, filter.Text.Length);
        return _ok ? new FilterRule(name.Text, filter.Text, text, mark.Value, mark.Mask, mark.Continue, SpanFrom(start)) : null;
    }

    private void CheckFilter(Word filter)
    {
        const int longest = FilterCompiler.LongestExpression;
        if (line.OpenQuote >= 0) Fail(filter.Span, "the filter is not closed", "expected a closing '\"' on the same line", NoQuotesInside);
        else if (filter.Text.Length > longest)
            Fail(filter.Span, $"the filter has {filter.Text.Length} characters; at most {longest} are allowed");
        else if (filter.Text.AsSpan().Trim().IsEmpty) Fail(filter.Span, "the filter is empty", "expected a pcap-filter expression");
        else if (filter.Text.Contains('\0')) Fail(filter.Span, "the filter contains a NUL character");
    }

    private (uint Value, uint Mask, bool Continue) ReadMark()
    {
        if (line.OpenQuote >= 0) return default;
        var keyword = line.Next();
        if (!keyword.Is("mark"))
        {
            Unexpected(keyword, "expected 'mark' and its value", MarkWord);
            return default;
        }

        var (value, mask) = ReadMarkValue(line.Next());
        var last = line.Next();
        if (last.IsEnd) return (value, mask, false);
        if (!last.Is("continue")) Unexpected(last, "expected 'continue' or the end of the line", ContinueWord);
        else if (!line.Peek().IsEnd) Unexpected(line.Next(), "expected the end of the line", []);
        return (value, mask, true);
    }

    private (uint Value, uint Mask) ReadMarkValue(Word word)
    {
        if (word.IsEnd || word.IsQuoted)
        {
            Unexpected(word, "expected a mark, such as 0x10 or 0x10/0xf0", []);
            return default;
        }

        var slash = word.Text.IndexOf('/');
        var value = ReadNumber(word, 0, slash < 0 ? word.Text.Length : slash);
        var mask = slash < 0 ? uint.MaxValue : ReadNumber(word, slash + 1, word.Text.Length);
        if (_ok && (value & ~mask) != 0)
            report.Warning(word.Span, $"mark 0x{value:x} has bits outside its mask 0x{mask:x}", "they are not written");
        return (value, mask);
    }

    private uint ReadNumber(Word word, int from, int to)
    {
        var digits = word.Text.AsSpan(from, to - from);
        if (MarkNumber.TryParse(digits, out var value)) return value;
        var span = TextSpan.Between(word.Span.Start + from, word.Span.Start + to);
        Fail(span, $"'{Quoted.Short(digits)}' is not a mark", "expected a 32-bit number, decimal or hex with 0x");
        return 0;
    }

    private TextSpan SpanFrom(int start) => TextSpan.Between(start, line.LastWordEnd);

    private void Unexpected(Word word, string expected, string[] keywords)
    {
        var message = word.IsEnd ? "the rule ends too early" : $"unexpected {word.Shown}";
        var isGuessable = !word.IsEnd && !word.IsQuoted && keywords.Length > 0;
        Fail(word.Span, message, expected, isGuessable ? word.Meant(keywords) : null);
    }

    private void Fail(TextSpan span, string message, string? note = null, string? help = null)
    {
        _ok = false;
        report.Error(span, message, note, help);
    }
}
