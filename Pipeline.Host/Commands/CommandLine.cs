using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Pipeline.Host.Commands.Consumers;
using Pipeline.Host.Commands.Rules;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Commands;

/// <summary>All commands, and the way from arguments to an exit code. No exception leaves it.</summary>
internal sealed class CommandLine
{
    private readonly Terminal _terminal;
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
    }

    public IReadOnlyList<Verb> Verbs { get; } =
        [new DemoCommand(), new RunCommand(), new CheckCommand(), new ExplainCommand(), new ExportCommand(), new RulesCommand(), new ConsumersCommand(), new StatsCommand(), new PsCommand(), new BenchCommand(), new DevicesCommand(), new DoctorCommand(), new VersionCommand(), new CompletionCommand()];

    public ParseResult Parse(IReadOnlyList<string> arguments) =>
        _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    public async Task<int> Execute(IReadOnlyList<string> arguments)
    {
        var line = Parse(arguments);
        try
        {
            return await Execute(line);
        }
        catch (Exception error)
        {
            return Report(error, Failure.AtStart(error), line.CommandResult.Command, arguments.Contains("-v"));
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
        if (line.Errors.Count > 0) throw new UsageException(string.Join("\nerror: ", line.Errors.Select(e => e.Message.TrimEnd('.'))));
        return verb.Execute(line, _terminal, _parts);
    }

    private int Invoke(ParseResult line)
    {
        line.Invoke(new InvocationConfiguration { Output = _terminal.Out, Error = _terminal.Error, EnableDefaultExceptionHandler = false });
        if (line.Action is HelpAction) WriteExamples(line.CommandResult.Command as Verb);
        return ExitCodes.Ok;
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
            : word.StartsWith('-') ? $"unknown option {word}"
            : $"unknown command {word}; there are {names}";
    }

    private int Report(Exception error, Failure failure, Command command, bool verbose)
    {
        var found = (error as InvalidInputException)?.Diagnostics ?? (error as RuleException)?.Errors ?? [];
        foreach (var diagnostic in found) _terminal.Error.WriteLine(diagnostic);
        if (failure.Message is not null) _terminal.Error.WriteLine($"error: {failure.Message}");
        if (verbose) _terminal.Error.WriteLine($"  ({error.GetType().FullName})");
        if (failure.ExitCode == ExitCodes.Usage) _terminal.Error.WriteLine($"  help: pipeline {PathTo(command)}--help");
        return failure.ExitCode;
    }

    /// <summary>The words that lead to a command, each followed by a space.</summary>
    private static string PathTo(Command? command) =>
        command is Verb ? PathTo(command.Parents.OfType<Verb>().FirstOrDefault()) + command.Name + " " : "";
}
