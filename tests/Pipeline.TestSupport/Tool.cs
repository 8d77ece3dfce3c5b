using System.Diagnostics;

namespace Pipeline.TestSupport;

/// <summary>Runs another program and gives back all that it printed.</summary>
public static class Tool
{
    public sealed record Result(int ExitCode, string Output, string Errors);

    /// <exception cref="TimeoutException">It did not end within a minute, and was ended.</exception>
    public static Result Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within a minute.");
        }

        return new Result(process.ExitCode, output.Result, errors.Result);
    }
}
