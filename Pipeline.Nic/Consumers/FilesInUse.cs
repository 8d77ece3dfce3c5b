using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// The files that a pipeline reads and writes. It compares the files themselves and not their names, so that no output can destroy an input
/// or another output. Any thread.
/// </summary>
/// <remarks>
/// Terminals, pipes, sockets and <c>/dev/null</c> do not count, because several writers can share them. Inputs are looked up anew each
/// time, because the name of an input that is read again might lead to another file by then.
/// </remarks>
/// <param name="read">The inputs' names; <c>-</c> is standard input.</param>
/// <param name="heldOpen">
/// The one of them that stays open as long as the pipeline runs. It stays an input whatever its name leads to later. An input that is not
/// open has no such protection: once it is deleted, its inode number can go to another file.
/// </param>
public sealed class FilesInUse(IReadOnlyList<string> read, string? heldOpen = null)
{
    private const string StandardInput = "-";

    private readonly Lock _gate = new();
    private readonly Dictionary<FileIdentity, string> _written = [];

    private readonly FileIdentity? _held = heldOpen is null ? null : IdentityOf(heldOpen);

    /// <summary>
    /// Says why an output must not be written, by its name alone; null where it can be written. Nothing is created or opened.
    /// </summary>
    public string? RefusalOf(string path) => FileIdentity.Of(path) is { } file && IsRead(file) ? Overwritten(path) : null;

    /// <summary>The same for an open descriptor, such as standard output's.</summary>
    /// <param name="name">Its name in messages.</param>
    public string? RefusalOf(int descriptor, string name) =>
        FileIdentity.Of(descriptor) is { } file && IsRead(file) ? Overwritten(name) : null;

    /// <summary>The message for an output that another output has open already.</summary>
    /// <param name="path">The output, as the user named it. The text begins with it.</param>
    public static string WrittenTwice(string path) => $"{path}: two captures would be written to it; give each a file of its own";

    /// <summary>The message for an output that is one of the inputs.</summary>
    /// <param name="path">The output, as the user named it. The text begins with it.</param>
    public static string Overwritten(string path) => $"{path}: would be overwritten while it is read; write to another place";

    /// <summary>Registers an output that has been opened, before any of it is changed.</summary>
    /// <exception cref="OutputException">It is an input, or an output that is open.</exception>
    internal void Take(int descriptor, string name)
    {
        if (FileIdentity.Of(descriptor) is not { } file) return;
        if (IsRead(file)) throw Conflict(name, Overwritten(name));
        lock (_gate)
        {
            if (!_written.TryAdd(file, name)) throw Conflict(name, WrittenTwice(name));
        }
    }

    /// <summary>Gives up an output that is about to be closed.</summary>
    internal void Release(int descriptor)
    {
        if (FileIdentity.Of(descriptor) is not { } file) return;
        lock (_gate) _written.Remove(file);
    }

    private bool IsRead(FileIdentity file) => file == _held || read.Any(r => IdentityOf(r) == file);

    private static FileIdentity? IdentityOf(string name) =>
        name == StandardInput ? FileIdentity.Of(StandardStreams.Input) : FileIdentity.Of(name);

    private static OutputException Conflict(string name, string words) => new(name, words[(name.Length + 2)..]) { IsConflict = true };
}
