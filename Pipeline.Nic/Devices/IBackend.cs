namespace Pipeline.Nic.Devices;

/// <summary>A kind of device. Each has a folder of its own and a line in <see cref="Backends"/>.</summary>
public interface IBackend
{
    /// <summary>The name that users write, such as <c>afpacket</c>.</summary>
    string Name { get; }

    /// <summary>The traits of a source of this kind, as far as the options tell. Once it is open, the device says them exactly.</summary>
    SourceTraits Traits { get; }

    /// <summary>Whether it makes an interface where there is none of the name that is asked for.</summary>
    bool Makes => false;

    /// <summary>Whether the options name a source of this kind.</summary>
    bool Opens(SourceOptions source);

    /// <summary>
    /// What the source will be, in the words of a line, said before it is opened: how it is read, by how many queues, in which mode.
    /// </summary>
    /// <param name="source">Options that <see cref="Opens"/> said yes to.</param>
    string InWords(SourceOptions source) => Name;

    /// <summary>Opens the source.</summary>
    /// <param name="source">Options that <see cref="Opens"/> said yes to.</param>
    /// <returns>The device, which the caller owns.</returns>
    /// <exception cref="FileNotFoundException">There is no such interface or file.</exception>
    /// <exception cref="UnavailableException">It cannot do what the options ask for.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="MissingCapabilityException">The process lacks a capability.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open it.</exception>
    INic Open(SourceOptions source);
}
