using System.Text;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Reports;

/// <summary>Makes a JSON object of each line that is written to it, and of events. Any thread.</summary>
/// <param name="target">Gets the objects, one a line.</param>
/// <param name="clock">Dates what is no event.</param>
internal sealed class JsonLog(TextWriter target, TimeProvider clock) : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => target.Encoding;

    public void Write(PipelineEvent happened)
    {
        lock (_gate) target.WriteLine(JsonText.Of(LogLineJson.Of(happened), JsonShapes.Default.LogLineJson));
    }

    public override void Write(char value)
    {
        lock (_gate)
        {
            if (value == '\n') Say();
            else if (value != '\r') _line.Append(value);
        }
    }

    /// <summary>Whatever is written at once stays together, also where it has several lines, such as a message with the text it is about.</summary>
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
        var words = _line.ToString().TrimEnd('\n');
        _line.Clear();
        if (words.Length > 0) target.WriteLine(JsonText.Of(LogLineJson.Of(clock.GetUtcNow(), words), JsonShapes.Default.LogLineJson));
    }
}
