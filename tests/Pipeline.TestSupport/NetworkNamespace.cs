using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Pipeline.TestSupport;

/// <summary>A network namespace of its own, with nothing but a loopback that is up.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET, linux/sched.h

    private static int _made;

    // Tests run beside each other, so names drawn at random would meet.
    public NetworkNamespace()
    {
        Run("ip", "netns", "add", Name);
        Inside("ip", "link", "set", "lo", "up");
    }

    /// <summary>As <c>ip netns</c> knows it.</summary>
    public string Name { get; } = $"plx{Environment.ProcessId % 100_000}n{Interlocked.Increment(ref _made)}";

    /// <summary>Runs a program in the namespace, which must succeed.</summary>
    /// <returns>Its output.</returns>
    public string Inside(params string[] command) => Run(["ip", "netns", "exec", Name, .. command]);

    /// <summary>Makes something in the namespace, to which it then belongs, such as a socket.</summary>
    public T Make<T>(Func<T> make)
    {
        T? made = default;
        Do(() => made = make());
        return made!;
    }

    /// <summary>Acts in the namespace. What is opened there belongs to it.</summary>
    public void Do(Action act)
    {
        // A thread's namespace cannot be given back, so the thread ends.
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{Name}");
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

    public void Dispose() => Tool.Run("ip", "netns", "del", Name);

    private static string Run(params string[] command)
    {
        var result = Tool.Run(command[0], command[1..]);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}: {result.Errors}");
        return result.Output;
    }

    // int setns(int fd, int nstype);
    [DllImport("libc", SetLastError = true)]
    private static extern int setns(int fd, int nstype);
}
