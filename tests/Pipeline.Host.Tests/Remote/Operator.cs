using System.Text;
using System.Text.Json;
using Pipeline.Host.Commands;
using Pipeline.Host.Running;
using Pipeline.Host.Tests.Server;

namespace Pipeline.Host.Tests.Remote;

/// <summary>Someone at a terminal who asks a node.</summary>
internal sealed class Operator(string url, params (string Name, string Value)[] environment)
{
    private Screen _screen = new();

    public Operator(ServedRun served, params (string Name, string Value)[] environment)
        : this(served.Url, environment)
    {
    }

    public string Out => _screen.Out;

    public string Error => _screen.Error;

    /// <summary>What is piped into the next command.</summary>
    public string Input { get; set; } = "";

    /// <summary>Whether the screen is one that takes escape sequences.</summary>
    public bool HasColours { get; init; }

    /// <summary>What the last command wrote to standard output that is no text.</summary>
    public MemoryStream Bytes { get; private set; } = new();

    /// <summary>The signals that reach the command.</summary>
    public ProcessSignals Signals { get; } = new();

    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <returns>The exit code.</returns>
    public Task<int> Runs(params string[] arguments)
    {
        (_screen, Bytes) = (new Screen(), new MemoryStream());
        var variables = environment.Prepend(("PIPELINE_NODE", url)).ToDictionary(v => v.Item1, v => v.Item2);
        if (HasColours) variables["TERM"] = "xterm";
        var terminal = _screen.Terminal with { Environment = variables, OutIsTerminal = HasColours, OpenIn = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)), OpenOut = () => Bytes };
        return new CommandLine(terminal, new Parts { Signals = Signals }).Execute(arguments);
    }
}
