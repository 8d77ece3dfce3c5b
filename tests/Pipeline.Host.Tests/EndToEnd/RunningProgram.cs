using System.Diagnostics;
using System.Globalization;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>
/// The program as it was built beside the tests, while it runs. Its lines say when to go on. What a test did not bring to its end is killed
/// with it.
/// </summary>
internal sealed class RunningProgram : IDisposable
{
    /// <summary>For whatever the program is waited for to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private RunningProgram(string starter, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(starter, arguments) { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{starter} did not start");
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public StreamReader Output => _process.StandardOutput;

    public StreamReader Errors => _process.StandardError;

    public static RunningProgram Start(params string[] arguments) => new("dotnet", [BuiltProgram.Path, .. arguments]);

    /// <param name="preparation">What a shell does before it becomes the program, such as <c>trap '' INT</c>.</param>
    public static RunningProgram StartBehind(string preparation, params string[] arguments) =>
        new("sh", ["-c", $"{preparation}; exec dotnet \"$@\"", "sh", BuiltProgram.Path, .. arguments]);

    /// <summary>Gives it bytes through its standard input, which stays open.</summary>
    public async Task Feed(byte[] bytes)
    {
        await _process.StandardInput.BaseStream.WriteAsync(bytes);
        await _process.StandardInput.BaseStream.FlushAsync();
    }

    /// <returns>The next line on standard error that has these words in it.</returns>
    public async Task<string> LineWith(string words)
    {
        while (await Errors.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Contains(words, StringComparison.Ordinal)) return line;
        }

        throw new InvalidOperationException($"The program ended without a line that says '{words}'.");
    }

    /// <param name="name">Without SIG.</param>
    public void Signal(string name) => Assert.Equal(0, Tool.Run("kill", $"-{name}", $"{Id}").ExitCode);

    /// <summary>Whether a signal is in one of the masks of proc(5), which have a bit to each, the first for signal 1.</summary>
    public async Task<bool> HasSignal(string mask, int signal)
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{Id}/status")).Single(l => l.StartsWith(mask, StringComparison.Ordinal));
        return (ulong.Parse(line.Split(':')[1].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & (1UL << (signal - 1))) != 0;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code, and what it still said on standard error.</returns>
    public async Task<(int Code, string Errors)> End()
    {
        var errors = await Errors.ReadToEndAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, errors);
    }

    /// <summary>Ends it at once, whatever it is at (SIGKILL).</summary>
    public Task Kill()
    {
        _process.Kill();
        return _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
