using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>Rules as the commands of another tool, for an interface whose packets are Ethernet.</summary>
/// <param name="Text">A shell script. Comments say what each command does, and where it differs from the rule.</param>
/// <param name="Refused">A warning for each rule that is left out, with the reason.</param>
public sealed record RuleExport(string Text, IReadOnlyList<Diagnostic> Refused)
{
    /// <summary>Writes rules for a tool. A rule that the tool cannot express is refused and left out, never approximated.</summary>
    /// <param name="interfaceName">The netdev that the commands name; one that <see cref="IsInterfaceName"/> accepts.</param>
    public static RuleExport Of(RuleSet rules, ExportTarget target, string interfaceName)
    {
        if (!IsInterfaceName(interfaceName)) throw new ArgumentException("Not an interface's name.", nameof(interfaceName));
        var script = new ExportScript(rules.Source);
        switch (target)
        {
            case ExportTarget.TcU32: new TcU32Export(script, interfaceName).Write(rules); break;
            case ExportTarget.Ethtool: new EthtoolExport(script, interfaceName).Write(rules); break;
            default: new CbpfExport(script, interfaceName).Write(rules); break;
        }

        return script.Finish();
    }

    /// <summary>Whether a netdev may have this name: 1 to 15 characters, and here only characters without a meaning to a shell.</summary>
    public static bool IsInterfaceName(string name) =>
        name.Length is > 0 and <= NetDevice.LongestName && name is not ("." or "..") && name[0] != '-'
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or ':');
}
