using Pipeline.Nic.Devices;

namespace Pipeline.Host.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">The interface, or <see cref="Machine"/>.</param>
/// <param name="What">The thing: <c>kernel</c>, <c>CAP_BPF</c>, <c>mtu</c>.</param>
/// <param name="Level">Whether it is as it should be.</param>
/// <param name="Says">What was found, in the words of a line.</param>
/// <param name="Fix">The command that mends it, or what to do; null where nothing is to be done.</param>
/// <param name="For">The backends that it matters to.</param>
internal sealed record Finding(string Subject, string What, FindingLevel Level, string Says, string? Fix, IReadOnlyList<string> For)
{
    /// <summary>The subject of what is the same for all interfaces.</summary>
    public const string Machine = "machine";

    /// <summary>It matters to both backends for wires.</summary>
    public static readonly IReadOnlyList<string> Both = [Backends.NameThatCopies, Backends.NameThatTakes];

    /// <summary>It matters where packets are copied.</summary>
    public static readonly IReadOnlyList<string> Copying = [Backends.NameThatCopies];

    /// <summary>It matters where packets are taken.</summary>
    public static readonly IReadOnlyList<string> Taking = [Backends.NameThatTakes];

    /// <summary>It matters at the other end of a TAP or macvtap.</summary>
    public static readonly IReadOnlyList<string> AtOtherEnd = [Backends.NameOfOtherEnd];

    /// <summary>Whether a backend does not work because of it.</summary>
    public bool Stops(string backend) => Level == FindingLevel.Wrong && For.Contains(backend);

    public static Finding Ok(string subject, string what, string says, IReadOnlyList<string> matters) =>
        new(subject, what, FindingLevel.Ok, says, null, matters);

    public static Finding Note(string subject, string what, string says, string? fix, IReadOnlyList<string> matters) =>
        new(subject, what, FindingLevel.Note, says, fix, matters);

    public static Finding Wrong(string subject, string what, string says, string? fix, IReadOnlyList<string> matters) =>
        new(subject, what, FindingLevel.Wrong, says, fix, matters);
}

internal enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but something is seen otherwise, or costs more.</summary>
    Note,

    /// <summary>A backend does not work.</summary>
    Wrong,
}
