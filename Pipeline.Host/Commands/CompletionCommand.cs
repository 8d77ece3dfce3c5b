using System.CommandLine;

namespace Pipeline.Host.Commands;

/// <summary>
/// <c>pipeline completion SHELL</c>: prints a script for the shell, which asks this program for the words that may follow.
/// </summary>
internal sealed class CompletionCommand : Verb
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # Load with: source <(pipeline completion bash)
            _pipeline() {
                local word="${COMP_WORDS[COMP_CWORD]}" candidates
                candidates=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
                COMPREPLY=($(compgen -W "$candidates" -- "$word"))
            }
            complete -o default -F _pipeline pipeline
            """,
        ["zsh"] = """
            #compdef pipeline
            # Load with: source <(pipeline completion zsh)
            _pipeline() {
                local line="${(j: :)words[1,CURRENT]}"
                local -a candidates
                candidates=(${(f)"$(${words[1]} "[suggest:${#line}]" "$line" 2>/dev/null)"})
                compadd -- $candidates || _files
            }
            compdef _pipeline pipeline
            """,
        ["fish"] = """
            # Load with: pipeline completion fish | source
            function __pipeline_complete
                set -l line (commandline -cp)
                pipeline "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null
            end
            complete -c pipeline -a "(__pipeline_complete)"
            """,
    };

    private readonly Argument<string?> _shell = new("SHELL") { Description = string.Join(", ", Scripts.Keys), Arity = ArgumentArity.ZeroOrOne };

    public CompletionCommand()
        : base("completion", "print a completion script for a shell")
    {
        _shell.CompletionSources.Add(_ => Scripts.Keys.Select(s => new System.CommandLine.Completions.CompletionItem(s)));
        Add(_shell);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [("source <(pipeline completion bash)", "completion in this bash")];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var shell = line.GetValue(_shell) ?? "";
        if (!Scripts.TryGetValue(shell, out var script)) throw new UsageException($"which shell? {string.Join(", ", Scripts.Keys)}");
        terminal.Out.WriteLine(script);
        return Task.FromResult(ExitCodes.Ok);
    }
}
