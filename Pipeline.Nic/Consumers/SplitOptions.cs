using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Consumers;

/// <summary>How captures split by rule are written.</summary>
public sealed record SplitOptions
{
    /// <inheritdoc cref="CaptureOptions.SnapLength"/>
    public int SnapLength { get; init; }

    /// <inheritdoc cref="CaptureOptions.Rotation"/>
    public CaptureRotation? Rotation { get; init; }

    /// <inheritdoc cref="CaptureOptions.Files"/>
    public FilesInUse? Files { get; init; }

    /// <inheritdoc cref="CaptureOptions.KnownInterfaces"/>
    public Func<IReadOnlyList<NicInterface>>? KnownInterfaces { get; init; }

    /// <inheritdoc cref="CaptureOptions.Metadata"/>
    public CaptureMetadata Metadata { get; init; } = CaptureMetadata.None;

    /// <summary>
    /// The most files open at a time. With more rules than that, the file used longest ago is closed and later opened again. The default is
    /// well below the 1024 descriptors that a process usually has.
    /// </summary>
    public int MostOpenFiles { get; init; } = 256;
}
