using System.Diagnostics;
using Pipeline.TestSupport;

namespace Pipeline.Linux.Tests;

/// <summary>
/// A process named sshd that listens and sends back what comes. The kernel names a process by its file, so a link to perl does. A real sshd
/// would open a machine of whoever runs these tests.
/// </summary>
internal sealed class Sshd : IDisposable
{
    private const string Script =
        "use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 5, LocalPort => $ARGV[0], ReuseAddr => 1) or die $!; "
        + "$| = 1; print \"listens\\n\"; while (my $c = $s->accept) { if (!fork) { while (<$c>) { print $c $_; $c->flush } exit } }";

    private readonly Process _process;

    public Sshd(NetworkNamespace where, TemporaryFolder folder, int port)
    {
        if (!File.Exists(folder["sshd"])) File.CreateSymbolicLink(folder["sshd"], "/usr/bin/perl");
        var start = new ProcessStartInfo("ip", ["netns", "exec", where.Name, folder["sshd"], "-e", Script, $"{port}"])
        {
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("perl did not start");
        if (_process.StandardOutput.ReadLine() != "listens") throw new InvalidOperationException($"nothing listens at {port}");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
