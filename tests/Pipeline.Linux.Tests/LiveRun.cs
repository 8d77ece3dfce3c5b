using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>
/// The program as it was built beside the tests, running in a network namespace. What a test did not bring to its end is killed with it.
/// </summary>
internal sealed class LiveRun : IDisposable
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "pipeline.dll");

    private readonly object _gate = new();
    private readonly List<string> _lines = [];
    private readonly NetworkNamespace _where;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task _errors;
    private int _heard;
    private HttpClient? _client;

    private LiveRun(NetworkNamespace where, string[] arguments)
    {
        _where = where;
        var start = new ProcessStartInfo("ip", ["netns", "exec", where.Name, "dotnet", Program, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = Task.Run(Listen);
    }

    public int Id => _process.Id;

    /// <summary>All that it has said on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_gate) return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts <c>pipeline run</c>, with a report at the end and a page on a free port.</summary>
    public static LiveRun Start(NetworkNamespace where, params string[] arguments) =>
        new(where, ["run", "--json", "--dashboard", "127.0.0.1:0", .. arguments]);

    /// <summary>Runs the program to its end.</summary>
    public static Tool.Result Run(NetworkNamespace where, params string[] arguments) =>
        Tool.Run("ip", ["netns", "exec", where.Name, "dotnet", Program, .. arguments]);

    /// <returns>The next line on standard error that has these words in it.</returns>
    public async Task<string> Says(string words)
    {
        string? found = null;
        await Soon.Holds(() => (found = Next(words)) is not null || _errors.IsCompleted, () => Errors);
        return found ?? Next(words) ?? throw new InvalidOperationException($"the program ended without '{words}':\n{Errors}");
    }

    /// <summary>Waits until packets can be taken or copied.</summary>
    public Task IsReady() => Says("keep-out");

    /// <param name="name">Without SIG.</param>
    public void Signal(string name) => Assert.Equal(0, Tool.Run("kill", $"-{name}", $"{Id}").ExitCode);

    /// <summary>Ends it as the kernel does when memory is short: it has no chance to tidy up.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Soon.Patience);
    }

    /// <summary>The figures of now.</summary>
    public Task<JsonElement> Snapshot() => Get("/api/v1/snapshot");

    /// <summary>What its page's server answers.</summary>
    public async Task<JsonElement> Get(string path)
    {
        _client ??= Client();
        return JsonDocument.Parse(await _client.GetStringAsync(path)).RootElement;
    }

    /// <summary>Waits until the figures are so.</summary>
    public Task Shows(Func<JsonElement, bool> condition) => Soon.Holds(async () => condition(await Snapshot()));

    /// <summary>Interrupts it, and waits for its end, which must be a good one with balanced books.</summary>
    /// <returns>Its report.</returns>
    public async Task<JsonElement> End()
    {
        Signal("INT");
        var output = await _output.WaitAsync(Soon.Patience);
        await _process.WaitForExitAsync().WaitAsync(Soon.Patience);
        await _errors.WaitAsync(Soon.Patience);
        Assert.True(_process.ExitCode == 0, $"{_process.ExitCode}: {Errors}");
        var report = JsonDocument.Parse(output).RootElement;
        Assert.True(report.GetProperty("ledger").GetProperty("balanced").GetBoolean(), Errors);
        return report;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _client?.Dispose();
    }

    private async Task Listen()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_gate) _lines.Add(line);
        }
    }

    private string? Next(string words)
    {
        lock (_gate)
        {
            var found = _lines.FindIndex(_heard, l => l.Contains(words, StringComparison.Ordinal));
            if (found < 0) return null;
            _heard = found + 1;
            return _lines[found];
        }
    }

    private HttpClient Client()
    {
        string line;
        lock (_gate) line = _lines.Single(l => l.StartsWith("dashboard ", StringComparison.Ordinal));
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, stop) =>
            {
                var socket = _where.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await socket.ConnectAsync(context.DnsEndPoint, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri(line.Split(' ')[1]), Timeout = Soon.Patience };
    }
}
