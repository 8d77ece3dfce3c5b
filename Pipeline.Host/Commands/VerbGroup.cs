using System.CommandLine;

namespace Pipeline.Host.Commands;

/// <summary>A command that has others under it and does nothing itself.</summary>
internal abstract class VerbGroup : Verb
{
    private readonly IReadOnlyList<Verb> _verbs;

    protected VerbGroup(string name, string description, params IReadOnlyList<Verb> verbs)
        : base(name, description)
    {
        _verbs = verbs;
        foreach (var verb in verbs) Add(verb);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [.. _verbs.SelectMany(v => v.Examples)];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts) =>
        throw new UsageException($"{Name} what? there are {string.Join(", ", _verbs.Select(v => v.Name))}{Suggestion(line)}");

    private string Suggestion(ParseResult line) =>
        line.UnmatchedTokens is [var word, ..] ? Mistypes.Suggestion(word, _verbs.Select(v => v.Name)) : "";
}
