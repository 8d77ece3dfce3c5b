namespace Pipeline.Nic.Linux;

/// <summary>
/// New contents for a file, written beside it until <see cref="Commit"/> puts them in its place in one step. Whoever opens the file finds
/// the old contents or the new ones, whole, also after the process was killed or the machine lost power. For one thread.
/// </summary>
public sealed class FileReplacement : IDisposable
{
    /// <summary>The permission bits of a file that was not there before: everyone reads, its owner writes.</summary>
    public const uint UsualMode = 0x1A4; // 0644

    /// <summary>Until the file has its own permissions, it is its owner's alone: the old file might be a secret.</summary>
    private const uint OwnersAlone = 0x180; // 0600

    private const string Ending = ".new";

    /// <summary>A replacement takes milliseconds, so what is older belongs to a process that was killed.</summary>
    private static readonly TimeSpan OldestInUse = TimeSpan.FromHours(1);

    private readonly string _written;
    private bool _isDone;

    private FileReplacement(string path, string written)
    {
        Path = path;
        _written = written;
    }

    /// <summary>The file that is replaced: where the symbolic links end.</summary>
    public string Path { get; }

    /// <summary>Writes new contents beside a file, and waits until they are on the disk. The file itself stays as it is.</summary>
    /// <param name="path">The file. A symbolic link stays, and the file that it leads to is replaced. It need not be there.</param>
    /// <param name="contents">All of the new contents.</param>
    /// <param name="newMode">The permission bits of a file that is not there yet. One that is there keeps its own, and its owner.</param>
    /// <returns>What the caller commits or disposes.</returns>
    /// <exception cref="IOException">
    /// The file is not a regular one, the folder cannot be written to, or the new file cannot get the owner of the old one. Nothing is left
    /// behind.
    /// </exception>
    public static FileReplacement Write(string path, ReadOnlySpan<byte> contents, uint newMode = UsualMode)
    {
        var target = RealFile.Of(path);
        var rights = Stat.RightsOf(target);
        if (rights is { IsRegular: false }) throw new IOException($"{path}: is not a regular file");
        RemoveLeftovers(target);
        var written = NameBeside(target, Guid.NewGuid().ToString("N")[..8]);
        var descriptor = Fcntl.Open(written, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL, out var error, mode: OwnersAlone);
        if (descriptor < 0) throw new LinuxException("open", path, error);
        var replacement = new FileReplacement(target, written);
        try
        {
            Fill(descriptor, path, contents, rights, newMode);
            return replacement;
        }
        catch
        {
            replacement.Dispose();
            throw;
        }
        finally
        {
            Unistd.Close(descriptor);
        }
    }

    /// <summary>Puts the new contents in the place of the old ones.</summary>
    /// <exception cref="LinuxException">The file cannot be replaced, as when it is a mount of its own. It has the old contents.</exception>
    public void Commit()
    {
        if (Stdio.Rename(_written, Path) is not Errno.None and var error) throw new LinuxException("rename", Path, error);
        _isDone = true;
        SyncFolder();
    }

    /// <summary>Removes the new contents, unless they were put in the place of the old ones.</summary>
    public void Dispose()
    {
        if (_isDone) return;
        _isDone = true;
        Remove(_written);
    }

    private static void Fill(int descriptor, string path, ReadOnlySpan<byte> contents, Stat.Rights? rights, uint newMode)
    {
        Unistd.WriteAll(descriptor, contents, out var error);
        if (error != Errno.None) throw new LinuxException("write", path, error);

        // The owner comes first, because a change of the owner takes bits of the mode away.
        if (rights is { } old && Unistd.Give(descriptor, old.Owner, old.Group) != Errno.None)
        {
            throw new IOException(
                $"{path}: belongs to user {old.Owner} and group {old.Group}, to whom this process must not give a new file");
        }

        error = Stat.SetMode(descriptor, rights?.Mode ?? newMode);
        if (error != Errno.None) throw new LinuxException("fchmod", path, error);
        error = Unistd.Sync(descriptor);
        if (error != Errno.None) throw new LinuxException("fsync", path, error);
    }

    /// <summary>
    /// The new name is in the folder, and a folder that cannot be synchronised, as on some network file systems, is left to them.
    /// </summary>
    private void SyncFolder()
    {
        var folder = Fcntl.Open(FolderOf(Path), Fcntl.O_RDONLY, out _);
        if (folder < 0) return;
        Unistd.Sync(folder);
        Unistd.Close(folder);
    }

    private static string FolderOf(string path) => System.IO.Path.GetDirectoryName(path) ?? "/";

    private static string NameBeside(string target, string unique) =>
        System.IO.Path.Combine(FolderOf(target), $".{System.IO.Path.GetFileName(target)}.{unique}{Ending}");

    private static void RemoveLeftovers(string target)
    {
        var oldest = DateTime.UtcNow - OldestInUse;
        foreach (var leftover in LeftoversOf(target))
        {
            if (File.GetLastWriteTimeUtc(leftover) < oldest) Remove(leftover);
        }
    }

    private static string[] LeftoversOf(string target)
    {
        var start = $".{System.IO.Path.GetFileName(target)}.";
        var length = System.IO.Path.GetFileName(NameBeside(target, "12345678")).Length;
        try
        {
            return [.. Directory.EnumerateFiles(FolderOf(target)).Where(f => IsOurs(System.IO.Path.GetFileName(f)))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        bool IsOurs(string name) =>
            name.Length == length && name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal);
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way: the next replacement has another name.
        }
    }
}
