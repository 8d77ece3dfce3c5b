using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Pipeline.TestSupport;

/// <summary>A network namespace of its own, with nothing but a loopback that is up.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET, linux/sched.h

    private readonly string _name = $"plx{Environment.ProcessId % 100_000}{Random.Shared.Next(1000)}n";

    public NetworkNamespace()
    {
        Run("ip", "netns", "add", _name);
        Inside("ip", "link", "set", "lo", "up");
    }

    /// <summary>Runs a program in the namespace, which must succeed.</summary>
    public void Inside(params string[] command) => Run(["ip", "netns", "exec", _name, .. command]);

    /// <summary>Acts in the namespace. What is opened there belongs to it.</summary>
    public void Do(Action act)
    {
        // A thread's namespace cannot be given back, so the thread ends.
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{_name}");
                Assert.Equal(0, setns((int)file.DangerousGetHandle(), NewNetwork));
                act();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    public void Dispose() => Tool.Run("ip", "netns", "del", _name);

    private static void Run(params string[] command)
    {
        var result = Tool.Run(command[0], command[1..]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}: {result.Errors}");
    }

    // int setns(int fd, int nstype);
    [DllImport("libc", SetLastError = true)]
    private static extern int setns(int fd, int nstype);
}
