using System.CommandLine;
using Pipeline.Host.Doctor;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;
using Pipeline.Nic.Devices.Machine;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline doctor</c>: says what keeps interfaces from being read, and what mends it. It changes nothing.</summary>
internal sealed class DoctorCommand : Verb
{
    private readonly Option<string> _interface = Value("-i", "IF", "look at this interface, as run -i takes it: IF, IF:BACKEND or IF:BACKEND:QUEUES (without it, at all but the loopback)");
    private readonly Option<bool> _json = Switch("--json", "print it as one JSON object");

    public DoctorCommand()
        : base("doctor", "check kernel, capabilities, limits, drivers and offloads; each line is ok, or has the fix")
    {
        Add(_interface);
        Add(_json);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline doctor -i eth0", "what works on eth0, what does not, and the command that mends it"),
        ("pipeline doctor -i eth0:afpacket", "only what matters to copying its packets"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var wanted = InterfaceFlag.Read("-i", line.GetValue(_interface));
        var interfaces = parts.ReadInterfaces();
        var chosen = wanted is null ? [.. interfaces.Where(i => i.Hardware != "loopback")] : (IReadOnlyList<MachineInterface>)[InterfaceStart.Find(wanted.Name, interfaces)];
        var facts = parts.ReadFacts(chosen);
        var found = Diagnosis.Of(parts.ReadMachine(), facts, wanted?.Backend, wanted?.Queues);
        IReadOnlyList<string> subjects = [.. facts.Select(f => f.Interface.Name)];
        var isWell = wanted is null ? found.IsWell(Finding.Machine) : subjects.All(found.IsWell);
        if (line.GetValue(_json)) terminal.Out.WriteLine(JsonText.Of(ToJson(found, subjects, isWell), JsonShapes.Default.DoctorJson));
        else foreach (var text in DoctorInWords.Lines(found, subjects)) terminal.Out.WriteLine(text);
        return Task.FromResult(isWell ? ExitCodes.Ok : ExitCodes.RuntimeFailure);
    }

    private static DoctorJson ToJson(Diagnosis found, IReadOnlyList<string> subjects, bool isWell) => new(
        DoctorJson.Name,
        isWell,
        [.. found.Findings.Select(f => new FindingJson(f.Subject, f.What, DoctorInWords.WordOf(f.Level), f.Says, f.Fix, f.For))],
        subjects.ToDictionary(s => s, s => (IReadOnlyDictionary<string, bool>)found.Asked.ToDictionary(b => b, b => !found.Stops(b, s).Any())));
}
