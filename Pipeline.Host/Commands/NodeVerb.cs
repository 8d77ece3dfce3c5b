using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands;

/// <summary>A command that asks a running pipeline, through the pipeline's server.</summary>
internal abstract class NodeVerb : Verb
{
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(30);

    private readonly Option<string> _node = Value("--node", "URL|NAME", $"the server of the running pipeline, or its name in `pipeline ps` (default ${NodeAddress.Variable}, else {NodeAddress.Usual})");
    private readonly Option<string> _tokenFile = Value("--token-file", "FILE", $"a file with the token that the server asks for (default ${NodeToken.Variable})");
    private readonly Option<string> _ca = Value("--ca", "FILE", $"the authorities that an https server's certificate must come from, in PEM (default ${NodeAuthorities.Variable}, else those of this machine)");
    private readonly Option<string> _timeout;
    private readonly Option<bool> _json;
    private readonly TimeSpan _usualTimeout;

    /// <param name="json">What <c>--json</c> does.</param>
    /// <param name="timeout">How long an answer may take unless the user says otherwise; null for 30 s.</param>
    protected NodeVerb(
        string name, string description, string json = "print the answer to standard output as one JSON object", TimeSpan? timeout = null)
        : base(name, description)
    {
        _usualTimeout = timeout ?? UsualTimeout;
        _timeout = Value("--timeout", "TIME", $"how long an answer may take (default {_usualTimeout.TotalSeconds} s)");
        _json = Switch("--json", json);
    }

    public sealed override async Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var address = NodeAddress.Of(line.GetValue(_node), terminal.Environment, parts.FindPipelines(terminal.Environment));
        var token = NodeToken.Of(line.GetValue(_tokenFile), terminal.Environment);
        using var node = new NodeClient(address, token, FlagValues.Time("--timeout", line.GetValue(_timeout)) ?? _usualTimeout, authorities: NodeAuthorities.Of(line.GetValue(_ca), terminal.Environment));
        try
        {
            return await Ask(line, node, terminal, parts);
        }
        catch (NodeException refusal) when (refusal.Problem is not null && WantsJson(line))
        {
            Print(terminal, refusal.Problem, JsonShapes.Default.ProblemJson);
            throw;
        }
    }

    /// <returns>The exit code.</returns>
    protected abstract Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts);

    protected bool WantsJson(ParseResult line) => line.GetValue(_json);

    /// <summary>Adds options of this command before those that all such commands have.</summary>
    protected void AddAll(params IReadOnlyList<Symbol> symbols)
    {
        foreach (var symbol in (IReadOnlyList<Symbol>)[.. symbols, _json, _node, _tokenFile, _ca, _timeout])
        {
            if (symbol is Argument argument) Add(argument);
            else Add((Option)symbol);
        }
    }

    protected static void Print<T>(Terminal terminal, T answer, JsonTypeInfo<T> type) => terminal.Out.WriteLine(JsonText.Of(answer, type));

    protected static Argument<string?> Word(string name, string description, bool optional = false) =>
        new(name) { Description = description, Arity = optional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne };
}
