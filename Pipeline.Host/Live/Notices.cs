using System.Text;

namespace Pipeline.Host.Live;

/// <summary>
/// The lines that are written while a display may be shown. They go to the display, which shows them above itself, or straight to the
/// terminal when there is no display. Any thread.
/// </summary>
internal sealed class Notices(TextWriter terminal) : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();
    private Action<string>? _show;

    public override Encoding Encoding => terminal.Encoding;

    /// <param name="show">Takes the lines from now on; null sends them to the terminal again.</param>
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
