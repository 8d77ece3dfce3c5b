namespace Pipeline.Nic.Rules;

/// <summary>What runs a filter. All give the same verdicts.</summary>
public enum FilterEngine
{
    /// <summary>The filter's program is compiled to machine code.</summary>
    Compiled,

    /// <summary>It is interpreted: slow, and the specification.</summary>
    Interpreter,

    /// <summary>libpcap interprets it, as it does for everyone who reads a file with it; for comparing with.</summary>
    Libpcap,
}
