using System.Diagnostics;
using System.Text.Json;
using Pipeline.TestSupport;

namespace Pipeline.Samples.Tests;

/// <summary>A web application in a process of its own, on the port that it says it listens on.</summary>
internal sealed class WebProcess : IDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new();
    private readonly Process _process;

    public WebProcess(string sample, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(BuiltSample.PathOf(sample));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{sample} did not start");
        _client.BaseAddress = Address();
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Asks until the answer is as wanted.</summary>
    public async Task<JsonDocument> JsonWhen(string path, Func<JsonElement, bool> isWanted)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = JsonDocument.Parse(await _client.GetStringAsync(path, deadline.Token));
            if (isWanted(answer.RootElement)) return answer;
            answer.Dispose();
            await Task.Delay(20, deadline.Token);
        }
    }

    /// <returns>The exit code after SIGTERM.</returns>
    public int Stop()
    {
        Tool.Run("kill", "-TERM", _process.Id.ToString());
        if (!_process.WaitForExit(Patience)) throw new TimeoutException("The application did not stop.");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _client.Dispose();
    }

    private Uri Address()
    {
        var reading = Task.Run(() =>
        {
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0) return new Uri(line[(at + Listening.Length)..].Trim());
            }

            throw new InvalidOperationException($"The application ended with {_process.ExitCode} before it listened.");
        });
        if (reading.Wait(Patience)) return reading.Result;
        Dispose();
        throw new TimeoutException("The application does not listen.");
    }
}
