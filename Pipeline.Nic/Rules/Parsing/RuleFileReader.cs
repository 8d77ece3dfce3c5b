using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Linting;

namespace Pipeline.Nic.Rules.Parsing;

/// <summary>
/// Reads a text line by line, and checks what concerns several lines: unique names, lifted guards, rules that can have no effect.
/// </summary>
internal sealed class RuleFileReader(SourceText source, RuleDiagnostics report)
{
    private static readonly string[] Statements = ["rule", "keep-out"];

    private readonly List<MarkRule> _rules = [];
    private readonly List<string> _lifted = [];
    private readonly Dictionary<string, TextSpan> _names = [];
    private readonly RuleLint _lint = new(source, report);
    private readonly KnownAddresses _addresses = new();

    public IReadOnlyList<MarkRule> Rules => _rules;

    public IReadOnlyList<string> LiftedGuards => _lifted;

    public void Read()
    {
        var text = source.Text;
        var start = text.StartsWith('\uFEFF') ? 1 : 0;
        while (start < text.Length && !report.IsFull)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0) end = text.Length;
            ReadLine(new LineScanner(text, start, end));
            start = end + 1;
        }
    }

    private void ReadLine(LineScanner line)
    {
        var first = line.Next();
        if (first.IsEnd) return;
        if (first.Is("rule")) ReadRule(line, first);
        else if (first.Is("keep-out")) ReadGuard(line);
        else ReportUnknown(first);
    }

    private void ReportUnknown(Word word) =>
        report.Error(word.Span, $"unknown statement {word.Shown}", "expected 'rule' or 'keep-out'", word.Meant(Statements));

    private void ReadRule(LineScanner line, Word first)
    {
        if (_rules.Count == Packet.MaxRules)
        {
            report.Error(first.Span, $"more than {Packet.MaxRules} rules");
            return;
        }

        Growth.MakeRoom(_names, source.Lines);
        Growth.MakeRoom(_rules, source.Lines);
        var rule = new RuleReader(line, report, _addresses).Read(first.Span.Start, out var name);
        if (!name.IsEnd && !_names.TryAdd(name.Text, name.Span)) ReportDuplicateName(name);
        if (rule is null) return;
        _lint.Check(rule, name.Span);
        _rules.Add(rule);
    }

    private void ReportDuplicateName(Word name)
    {
        var first = $"first on line {LineOf(_names[name.Text].Start)}";
        report.Error(name.Span, $"there is a rule '{name.Text}' already", first, "give each rule a name of its own");
    }

    private void ReadGuard(LineScanner line)
    {
        var off = line.Next();
        if (!off.Is("off"))
        {
            var unexpected = off.IsEnd ? "the statement ends too early" : $"unexpected {off.Shown}";
            report.Error(off.Span, unexpected, "expected 'off' and the name of a guard");
            return;
        }

        var guard = line.Next();
        if (guard.IsQuoted || !KeepOutGuards.Names.Contains(guard.Text))
        {
            var message = guard.IsEnd ? "the statement ends too early" : $"unknown guard {guard.Shown}";
            var names = KeepOutGuards.Names;
            report.Error(guard.Span, message, "expected one of " + string.Join(", ", names), guard.Meant(names));
            return;
        }

        if (_lifted.Contains(guard.Text)) report.Warning(guard.Span, $"the guard '{guard.Text}' is lifted already");
        else _lifted.Add(guard.Text);
        var rest = line.Next();
        if (!rest.IsEnd) report.Error(rest.Span, $"unexpected {rest.Shown}", "expected the end of the line");
    }

    private int LineOf(int offset) => source.PositionOf(offset).Line;
}
