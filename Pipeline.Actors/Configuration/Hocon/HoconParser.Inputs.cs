using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration.Hocon;

/// <summary>What comes from elsewhere: <c>include "FILE"</c> and <c>${?VARIABLE}</c>.</summary>
internal sealed partial class HoconParser
{
    private const string FormOfInclude = "expected include \"FILE\"; the file is relative to this one, and must be there";

    /// <summary>Lays the fields of another file over those that are here so far. The current token is the one behind the word.</summary>
    private bool Include(HoconObject target, int depth)
    {
        var name = _token;
        if (name.Kind != HoconTokenKind.Text || string.IsNullOrWhiteSpace(name.Text))
        {
            Error(name, $"{Shown(name)} behind `include`; {FormOfInclude}");
            return false;
        }

        Next();
        if (!EndOfValue()) return false;
        var wrong = _inputs.Include(_source, TextSpan.Between(name.Start, name.End), name.Text!, included => Read(included, target, depth));
        if (wrong is not null) Error(name, wrong);
        return true;
    }

    private void Read(SourceText included, HoconObject target, int depth)
    {
        if (_findings.IsAbout(included)) return;
        var parser = new HoconParser(included, _findings, _inputs, _values);
        target.Take(parser.Root(depth));
        _values = parser._values;
        Work += parser.Work;
    }

    /// <summary>
    /// The value of a variable; the current token says which. It is text, whatever it looks like, as in HOCON.
    /// </summary>
    /// <param name="value">Null where the variable is not set, and need not be.</param>
    /// <returns>False after an error.</returns>
    private bool Substituted(out HoconValue? value)
    {
        value = null;
        var token = _token;
        if (!CountValue(token)) return false;
        var inside = _source.Text[(token.Start + 2)..token.End].TrimEnd('}').Trim();
        var mayBeUnset = inside.StartsWith('?');
        var name = mayBeUnset ? inside[1..].Trim() : inside;
        if (!IsVariable(name) || _source.Text[token.End - 1] != '}')
        {
            return Refuse(
                token, "a substitution of anything but one environment variable", "write ${?NAME}, or ${NAME} where it must be set");
        }

        Next();
        if (_inputs.Variable(name) is { } text) value = new HoconValue(_source, TextSpan.Between(token.Start, token.End), text, quoted: true);
        else if (!mayBeUnset)
            Error(token, $"the environment variable {name} is not set", help: $"${{?{name}}} leaves the key as it was where it is not set");
        return value is not null || mayBeUnset;
    }

    /// <summary>A name that a shell can set (POSIX.1-2017, Base Definitions 8.1). A key of HOCON is a name of other characters.</summary>
    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
