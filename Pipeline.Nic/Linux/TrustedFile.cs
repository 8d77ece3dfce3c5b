namespace Pipeline.Nic.Linux;

/// <summary>
/// Small files in folders that others may write to. Whatever somebody else put there, reading it says nothing in that one's name, waits
/// for nothing, and takes no more memory than was meant.
/// </summary>
public static class TrustedFile
{
    /// <summary>Reads a file that belongs to root, or to the user of this process. Any thread.</summary>
    /// <param name="path">The file. A symbolic link is not followed.</param>
    /// <param name="mostBytes">The most that it may have.</param>
    /// <returns>Its contents; null where there is no regular file of this name, or one that is too long or cannot be read.</returns>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user, or this one must not read it.</exception>
    public static byte[]? Read(string path, int mostBytes)
    {
        // A pipe that nobody writes to would be waited for, and a terminal could become that of this process.
        var flags = Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK | Fcntl.O_NOCTTY;
        var descriptor = Fcntl.Open(path, flags, out var error);
        if (error is Errno.EACCES or Errno.EPERM) throw new UnauthorizedAccessException($"{path} must not be read");
        if (descriptor < 0) return null;
        try
        {
            return Read(descriptor, path, mostBytes);
        }
        catch (LinuxException)
        {
            return null;
        }
        finally
        {
            Unistd.Close(descriptor);
        }
    }

    private static byte[]? Read(int descriptor, string path, int mostBytes)
    {
        var rights = Stat.RightsOf(descriptor, path);
        if (rights.Owner != 0 && rights.Owner != Unistd.User()) throw new UnauthorizedAccessException($"{path} is another user's");
        if (!rights.IsRegular) return null;
        var bytes = new byte[mostBytes + 1];
        var length = Fill(descriptor, path, bytes);
        return length <= mostBytes ? bytes[..length] : null;
    }

    private static unsafe int Fill(int descriptor, string path, byte[] bytes)
    {
        var length = 0;
        fixed (byte* start = bytes)
        {
            while (length < bytes.Length)
            {
                var got = Unistd.Read(descriptor, start + length, (nuint)(bytes.Length - length), path);
                if (got <= 0) break;
                length += (int)got;
            }
        }

        return length;
    }
}
