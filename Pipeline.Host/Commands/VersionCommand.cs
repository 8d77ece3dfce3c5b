using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline version</c>.</summary>
internal sealed class VersionCommand : Verb
{
    private readonly Option<bool> _json = Switch("--json", "print it as one JSON object");

    public VersionCommand()
        : base("version", "print the version, and that of the runtime") => Add(_json);

    /// <summary>The version, without the commit that the build appends after a plus sign.</summary>
    internal static string Number { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        terminal.Out.WriteLine(line.GetValue(_json) ? Json() : $"pipeline {Number} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
        return Task.FromResult(ExitCodes.Ok);
    }

    private static string Json() =>
        JsonText.Of(new VersionJson(Number, RuntimeInformation.FrameworkDescription, RuntimeInformation.RuntimeIdentifier), JsonShapes.Default.VersionJson);
}
