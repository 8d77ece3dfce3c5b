namespace Pipeline.Nic.Linux;

/// <summary>
/// Which file it is, whatever it is called: two names, links, mounts or descriptors that lead to one file have one identity.
/// </summary>
/// <param name="IsBlockDevice">Known by the device's own number; else by that of the device it lies on, and its inode.</param>
public readonly record struct FileIdentity(bool IsBlockDevice, uint Major, uint Minor, ulong Inode)
{
    /// <summary>What a name leads to, over symbolic links. Any thread.</summary>
    /// <returns>Null for what is neither a regular file nor a block device, and where there is nothing.</returns>
    public static FileIdentity? Of(string path) => Stat.IdentityOf(path);

    /// <summary>What an open descriptor leads to. Any thread.</summary>
    /// <returns>Null for what is neither a regular file nor a block device, and where nothing is open.</returns>
    public static FileIdentity? Of(int descriptor) => Stat.IdentityOf(descriptor);

    /// <summary>
    /// Whether a name leads to what anybody may read and write at the same time: a terminal, <c>/dev/null</c>, a pipe, a socket.
    /// </summary>
    public static bool IsShared(string path) => Stat.IsShared(path);
}
