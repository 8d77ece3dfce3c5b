namespace Pipeline.Nic.Linux;

/// <summary>
/// Identifies a file independently of its name: two names, links, mounts or descriptors that lead to one file have one identity.
/// </summary>
/// <param name="IsBlockDevice">
/// It is known by the device's own number. Otherwise it is known by the number of the device it lies on, and by its inode.
/// </param>
public readonly record struct FileIdentity(bool IsBlockDevice, uint Major, uint Minor, ulong Inode)
{
    /// <summary>The identity of the file that a name leads to, through symbolic links. Any thread.</summary>
    /// <returns>Null for anything that is neither a regular file nor a block device, and where there is nothing.</returns>
    public static FileIdentity? Of(string path) => Stat.IdentityOf(path);

    /// <summary>The identity of the file that an open descriptor leads to. Any thread.</summary>
    /// <returns>Null for anything that is neither a regular file nor a block device, and where nothing is open.</returns>
    public static FileIdentity? Of(int descriptor) => Stat.IdentityOf(descriptor);

    /// <summary>
    /// Whether a name leads to something that several processes can share: a terminal, <c>/dev/null</c>, a pipe, a socket.
    /// </summary>
    public static bool IsShared(string path) => Stat.IsShared(path);
}
