using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>How the kinds of sources are opened.</summary>
internal sealed partial class CaptureInput
{
    private static CaptureInput OpenStandardInput(string path)
    {
        if (!StandardStreams.IsOpen(StandardStreams.Input)) throw new LinuxException("read", StandardStreams.InputName, Errno.EBADF);
        return Of(new SafeFileHandle(StandardStreams.Input, ownsHandle: false), path, StandardStreams.InputName);
    }

    // Opening a pipe by its name waits until somebody writes to it, and nothing can cancel that. What cannot be opened so gets its message
    // from the other way.
    private static SafeFileHandle? OpenPipe(string path)
    {
        var descriptor = Stat.IsPipe(path) ? Fcntl.Open(path, Fcntl.O_RDONLY | Fcntl.O_NONBLOCK, out _) : -1;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    // The messages of .NET name the whole path, and people look for the name they typed.
    private static SafeFileHandle OpenHandle(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"{path}: permission denied", e);
        }
        catch (IOException e) when (e.HResult == (int)Errno.ENXIO)
        {
            throw new LinuxException("open", path, Errno.ENXIO);
        }
    }

    private static CaptureInput Of(SafeFileHandle handle, string path, string name)
    {
        try
        {
            return new CaptureInput(handle, path, name);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
