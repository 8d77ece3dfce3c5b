namespace Pipeline.Nic.Rules;

/// <summary>The forms in which a compiled rule is shown.</summary>
public enum ProgramForm
{
    /// <summary>The .NET instructions it runs as.</summary>
    Il,

    /// <summary>Classic BPF, as <c>tcpdump -d</c> prints it.</summary>
    Cbpf,

    /// <summary>The instructions for the kernel's XDP hook.</summary>
    Ebpf,
}
