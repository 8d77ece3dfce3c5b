using System.Text;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>A shell script under construction, and the rules that could not go into it.</summary>
internal sealed class ExportScript(SourceText source)
{
    private readonly StringBuilder _text = new();
    private readonly List<Diagnostic> _refused = [];

    public void Command(string command) => _text.Append(command).Append('\n');

    /// <summary>Writes a line for people. Whatever a rule contains, the line stays a single comment.</summary>
    public void Comment(string text) =>
        _text.Append("# ").Append(Quoted.Of(text)).Append('\n');

    /// <summary>Writes a rule's commands, or the reason why there are none.</summary>
    /// <param name="write">Called once. If it throws, it must do so before it writes anything.</param>
    public void Rule(MarkRule rule, Action write)
    {
        _text.Append('\n');
        Comment(rule.ToString());
        try
        {
            write();
        }
        catch (NeverMatchesException)
        {
            Comment("it can never match, and so needs no command");
        }
        catch (NotExpressibleException e)
        {
            Refuse(rule, e.Message);
        }
        catch (FilterException e)
        {
            Refuse(rule, e.Message);
        }
    }

    public RuleExport Finish() => new(_text.ToString(), _refused);

    private void Refuse(MarkRule rule, string reason)
    {
        Comment($"not exported: {reason}");
        var help = rule.Continue ? null : "the packets that it takes meet the rules behind it";
        _refused.Add(Diagnostic.Warning(source, rule.Span, $"rule '{rule.Name}' is not exported: {reason}", null, help));
    }
}
