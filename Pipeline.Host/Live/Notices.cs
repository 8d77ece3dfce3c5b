using System.Text;

namespace Pipeline.Host.Live;

/// <summary>
/// What is said while a display may be up. Lines go to whoever shows them above the display, and straight to the terminal where there is
/// none. Any thread.
/// </summary>
internal sealed class Notices(TextWriter terminal) : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();
    private Action<string>? _show;

    public override Encoding Encoding => terminal.Encoding;

    /// <param name="show">Takes lines from now on; null sends them to the terminal again.</param>
    public void ShowBy(Action<string>? show)
    {
        lock (_gate) _show = show;
    }

    public override void Write(char value)
    {
        lock (_gate)
        {
            if (value != '\n') _line.Append(value);
            else Say();
        }
    }

    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            _line.Append(value);
            Say();
        }
    }

    private void Say()
    {
        var line = _line.ToString();
        _line.Clear();
        if (_show is { } show) show(line);
        else terminal.WriteLine(line);
    }
}
