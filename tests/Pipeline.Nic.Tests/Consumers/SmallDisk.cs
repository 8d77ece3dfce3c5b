using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>A file system of a few KiB, mounted while it lives. Needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    public SmallDisk(string folder, int kibibytes)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        var mounted = Tool.Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", _folder);
        Assert.True(mounted.ExitCode == 0, mounted.Errors);
    }

    public string this[string name] => Path.Combine(_folder, name);

    public void Dispose() => Tool.Run("umount", _folder);
}
