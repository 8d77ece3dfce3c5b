using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>Values in brackets.</summary>
internal sealed partial class HoconParser
{
    /// <summary>A list; the current token is the bracket that opens it.</summary>
    private HoconList List(int depth)
    {
        var opening = _token;
        var items = new List<HoconNode>();
        _brackets.Open(opening);
        Next();
        Items(items, depth);
        var end = _token.End;
        if (_token.Kind == HoconTokenKind.CloseBracket)
        {
            _brackets.Close(_token);
            Next();
        }
        else
        {
            _brackets.NeverClosed(_token);
        }

        return new HoconList(_source, TextSpan.Between(opening.Start, end), items);
    }

    private void Items(List<HoconNode> items, int depth)
    {
        var afterItem = false;
        while (true)
        {
            switch (_token.Kind)
            {
                case HoconTokenKind.End:
                case HoconTokenKind.CloseBracket:
                case HoconTokenKind.CloseBrace when _brackets.AnyBrace:
                    return;
                case HoconTokenKind.CloseBrace:
                    _brackets.ClosesNothing(_token);
                    Next();
                    break;
                case HoconTokenKind.NewLine:
                    Next();
                    break;
                case HoconTokenKind.Comma:
                    if (!afterItem) Error(_token, "`,` without a value before it; expected a value");
                    afterItem = false;
                    Next();
                    break;
                case HoconTokenKind.Substitution:
                    if (!Substituted(out var variable) || !EndOfValue()) Recover();
                    if (variable is not null) items.Add(variable);
                    afterItem = true;
                    break;
                default:
                    var item = Value(depth + 1);
                    if (item is not null) items.Add(item);
                    if (item is null || !EndOfValue()) Recover();
                    afterItem = true;
                    break;
            }
        }
    }
}
