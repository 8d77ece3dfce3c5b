using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Pipeline.Host.Commands.Cluster;
using Pipeline.Host.Commands.Consumers;
using Pipeline.Host.Commands.Rules;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Commands;

/// <summary>All commands, and the way from arguments to an exit code. No exception leaves it.</summary>
internal sealed class CommandLine
{
    private Terminal _terminal;
    private readonly Parts _parts;
    private readonly Option<bool> _version = new("--version") { Description = "print the version", Arity = ArgumentArity.Zero };
    private readonly Option<bool> _devices = new("-D") { Description = "list interfaces, as `pipeline devices` does", Arity = ArgumentArity.Zero };
    private readonly RootCommand _root = new("Take part of the traffic, change which part, and account for every packet.");

    public CommandLine(Terminal terminal, Parts parts)
    {
        _terminal = terminal;
        _parts = parts;

        // The standard help option answers to /? and /h as well, which completion would then offer.
        _root.Options.Clear();
        _root.Add(new HelpOption("--help", "-h"));
        _root.Add(_version);
        _root.Add(_devices);
        foreach (var verb in Verbs) _root.Add(verb);
        HelpText.MarkOptional(_root);
    }

    public IReadOnlyList<Verb> Verbs { get; } =
        [new DemoCommand(), new RunCommand(), new CheckCommand(), new ExplainCommand(), new ExportCommand(), new RulesCommand(), new ConsumersCommand(), new ClusterCommand(), new ActorsCommand(), new TopCommand(), new StatsCommand(), new TapCommand(), new PsCommand(), new BenchCommand(), new DevicesCommand(), new DoctorCommand(), new VersionCommand(), new CompletionCommand(), new HelpCommand()];

    public ParseResult Parse(IReadOnlyList<string> arguments) =>
        _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    public async Task<int> Execute(IReadOnlyList<string> arguments)
    {
        if (LogFormat.IsJson(arguments)) _terminal = _terminal.LoggingJson();
        var asked = arguments.Count > 0 && arguments[0] == HelpCommand.Word ? arguments.Skip(1).ToList() : null;
        var line = Parse(asked is null ? arguments : [.. asked, "--help"]);
        try
        {
            if (asked is not null && UnknownIn(asked) is { } unknown) throw new UsageException(unknown);
            return await Execute(line);
        }
        catch (Exception error)
        {
            return Report(error, Failure.AtStart(error), line.CommandResult.Command);
        }
    }

    private Task<int> Execute(ParseResult line)
    {
        if (line.CommandResult.Command is not Verb { Runs: true }) _parts.Signals.LeaveToSystem();
        // Our commands have no action of the library's. Only its help and its completion have one.
        if (line.Action is not null and not ParseErrorAction) return Task.FromResult(Invoke(line));
        if (line.GetValue(_version)) return new VersionCommand().Execute(line, _terminal, _parts);
        if (line.GetValue(_devices)) return new DevicesCommand().Execute(line, _terminal, _parts);
        if (line.CommandResult.Command is not Verb verb) throw new UsageException(WithoutCommand(line));
        if (verb.Subcommands.Count > 0) return verb.Execute(line, _terminal, _parts); // The group names its commands.
        if (line.Errors.Count > 0) throw new UsageException(string.Join("\nerror: ", Mistypes.Of(line)));
        return verb.Execute(line, _terminal, _parts);
    }

    private int Invoke(ParseResult line)
    {
        if (line.Action is HelpAction) return Help(line);
        line.Invoke(new InvocationConfiguration { Output = _terminal.Out, Error = _terminal.Error, EnableDefaultExceptionHandler = false });
        return ExitCodes.Ok;
    }

    private int Help(ParseResult line)
    {
        var text = new StringWriter();
        line.Invoke(new InvocationConfiguration { Output = text, Error = _terminal.Error, EnableDefaultExceptionHandler = false });
        _terminal.Out.Write(HelpText.Finished(text.ToString()));
        WriteExamples(line.CommandResult.Command as Verb);
        return ExitCodes.Ok;
    }

    /// <summary>Says which of the words behind <c>help</c> is no command; null when all are.</summary>
    private string? UnknownIn(IReadOnlyList<string> words)
    {
        Command command = _root;
        foreach (var word in words)
        {
            var names = command.Subcommands.Select(c => c.Name).ToList();
            if (command.Subcommands.FirstOrDefault(c => c.Name == word) is not { } next)
                return names.Count == 0 ? $"{command.Name} has no commands under it; expected pipeline help {command.Name}" : $"unknown command {word}; there are {string.Join(", ", names)}{Mistypes.Suggestion(word, names)}";
            command = next;
        }

        return null;
    }

    private void WriteExamples(Verb? verb)
    {
        var examples = verb?.Examples ?? [.. Verbs.SelectMany(v => v.Examples.Take(1))];
        if (examples.Count == 0) return;
        _terminal.Out.WriteLine("Examples:");
        foreach (var (command, purpose) in examples) _terminal.Out.WriteLine($"  {command}\n      {purpose}");
    }

    private string WithoutCommand(ParseResult line)
    {
        var names = string.Join(", ", Verbs.Select(v => v.Name));
        var word = line.UnmatchedTokens.Count > 0 ? line.UnmatchedTokens[0] : null;
        return word is null ? $"a command is missing: {names}"
            : word.StartsWith('-') ? Mistypes.UnknownOption(word, _root)
            : $"unknown command {word}; there are {names}{Mistypes.Suggestion(word, Verbs.Select(v => v.Name))}";
    }

    private int Report(Exception error, Failure failure, Command command)
    {
        var found = (error as InvalidInputException)?.Diagnostics ?? (error as RuleException)?.Errors ?? [];
        foreach (var diagnostic in found) _terminal.Error.WriteLine(diagnostic);
        if (failure.Message is not null) _terminal.Error.WriteLine($"error: {failure.Message}");
        if (failure.ExitCode == ExitCodes.Usage) _terminal.Error.WriteLine($"  help: pipeline {PathTo(command)}--help");
        return failure.ExitCode;
    }

    /// <summary>The words that lead to a command, each followed by a space.</summary>
    private static string PathTo(Command? command) =>
        command is Verb ? PathTo(command.Parents.OfType<Verb>().FirstOrDefault()) + command.Name + " " : "";
}
