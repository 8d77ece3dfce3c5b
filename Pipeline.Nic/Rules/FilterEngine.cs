namespace Pipeline.Nic.Rules;

/// <summary>The engines that run a filter. All give the same verdicts.</summary>
public enum FilterEngine
{
    /// <summary>The filter's program is compiled to machine code.</summary>
    Compiled,

    /// <summary>It is interpreted. This is slow, and it is the specification.</summary>
    Interpreter,

    /// <summary>libpcap interprets it, as in any program that reads a file with libpcap. It is for comparison.</summary>
    Libpcap,
}
