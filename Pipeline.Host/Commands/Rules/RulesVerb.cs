using System.CommandLine;
using System.Text;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands.Rules;

/// <summary>A command about the rules of a running pipeline.</summary>
internal abstract class RulesVerb(string name, string description) : NodeVerb(name, description, timeout: ClusterTimeout)
{
    /// <summary>
    /// More than a node takes in a cluster before it answers: 30 s for the authority, 30 s for itself, 10 s for the other nodes.
    /// </summary>
    private static readonly TimeSpan ClusterTimeout = TimeSpan.FromSeconds(90);

    protected const string StandardInput = "-";

    /// <summary>Has the pipeline write its rule file too, so that its next start reads the same rules.</summary>
    protected Option<bool> Save { get; } = Switch("--save", "have the pipeline write the rule file that it started with, so that the rules are there after a restart");

    private static readonly string[] UserVariables = ["SUDO_USER", "USER", "LOGNAME"];

    protected sealed override Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts) =>
        Ask(line, new NodeRules(node, Who(terminal)), node.Address, terminal, parts);

    /// <returns>The exit code.</returns>
    protected abstract Task<int> Ask(ParseResult line, NodeRules rules, NodeAddress node, Terminal terminal, Parts parts);

    /// <exception cref="UsageException">The name looks like an option.</exception>
    /// <exception cref="InvalidInputException">The file is larger than a node accepts, or is not text.</exception>
    protected static SourceText Read(string file, Terminal terminal)
    {
        if (file.Length > 1 && file[0] == '-' && !File.Exists(file)) throw new UsageException($"unknown option {file}");
        var text = file == StandardInput ? ReadInput(terminal) : TextFile.Read(file);
        var bytes = Encoding.UTF8.GetByteCount(text.Text);
        if (bytes > Limits.MostBodyBytes) throw new InvalidInputException($"{text.Name}: has {bytes} bytes; a running pipeline takes at most {Limits.MostBodyBytes}", []);
        return text;
    }

    protected static int Generation(string name, string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out var generation) && generation > 0
            ? generation
            : throw new UsageException($"{name} {text}: expected the number of a generation, as `pipeline rules history` shows it");

    private static SourceText ReadInput(Terminal terminal)
    {
        using var input = terminal.OpenIn();
        return TextFile.Read(input, "standard input");
    }

    /// <summary>The user and host as the shell knows them. The node adds the address that it sees.</summary>
    private static string? Who(Terminal terminal)
    {
        var names = UserVariables.Select(n => terminal.Environment.GetValueOrDefault(n, ""));
        return names.FirstOrDefault(n => n.Length > 0) is { } user ? $"{user}@{Environment.MachineName}" : null;
    }
}
