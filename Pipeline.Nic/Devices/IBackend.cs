namespace Pipeline.Nic.Devices;

/// <summary>A kind of device. Each has a folder of its own and a line in <see cref="Backends"/>.</summary>
public interface IBackend
{
    /// <summary>The name that users write, such as <c>afpacket</c>.</summary>
    string Name { get; }

    /// <summary>The traits of a source of this kind, as far as the options tell. Once it is open, the device says them exactly.</summary>
    SourceTraits Traits { get; }

    /// <summary>Whether the options name a source of this kind.</summary>
    bool Opens(SourceOptions source);

    /// <summary>Opens the source.</summary>
    /// <param name="source">Options that <see cref="Opens"/> said yes to.</param>
    /// <returns>The device, which the caller owns.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open it.</exception>
    INic Open(SourceOptions source);
}
