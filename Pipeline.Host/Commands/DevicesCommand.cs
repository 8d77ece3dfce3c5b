using System.CommandLine;
using Pipeline.Host.Doctor;
using Pipeline.Host.Inventory;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline devices</c>: lists the sources of packets. It only reads; no interface is opened or changed.</summary>
internal sealed class DevicesCommand : Verb
{
    private readonly Option<bool> _json = Switch("--json", "print it as one JSON object");

    public DevicesCommand()
        : base("devices", "list interfaces, and which backends can take packets from them (also: pipeline -D)") => Add(_json);

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var interfaces = parts.ReadInterfaces();
        var facts = parts.ReadFacts(interfaces);
        var found = Diagnosis.Of(parts.ReadMachine(), facts, backend: null, queues: null);
        IReadOnlyList<ListedInterface> listed = [.. facts.Select(f => new ListedInterface(f.Interface, Backend.For(f, found)))];
        if (line.GetValue(_json)) terminal.Out.WriteLine(JsonText.Of(ListedInterface.ToJson(listed), JsonShapes.Default.DevicesJson));
        else foreach (var text in DeviceTable.Lines(listed)) terminal.Out.WriteLine(text);
        return Task.FromResult(ExitCodes.Ok);
    }
}
