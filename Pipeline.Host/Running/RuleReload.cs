using Pipeline.Host.Reports;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Running;

/// <summary>
/// Reads the rule file again and puts it in force. If anything is wrong with it, this is reported and the rules in force stay.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="file">The rule file; null if the run has none.</param>
/// <param name="text">Gets the outcome.</param>
internal sealed class RuleReload(IRunning run, string? file, TextWriter text)
{
    private const string Who = "SIGHUP";

    public async Task Reload()
    {
        if (file is null)
        {
            text.WriteLine("hang-up: no rule file to read again; give --rules FILE");
            return;
        }

        try
        {
            var source = TextFile.Read(file);
            if (EmptyRules.Is(source.Text))
            {
                text.WriteLine($"error: {source.Name} has no rules; those in force stay (pipeline rules apply --empty takes all away)");
                return;
            }

            foreach (var line in RuleChangeInWords.Of(await run.ApplyRules(source.Text, source.Name, Who))) text.WriteLine(line);
        }
        catch (Exception error)
        {
            text.WriteLine($"error: {Failure.AtStart(error).Message}; the rules stay as they are");
        }
    }
}
