using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Nic.Tests.Linux;

public sealed class StandardStreamsTests
{
    [Theory]
    [InlineData("/dev/fd/{0}")]
    [InlineData("/proc/self/fd/{0}")]
    [InlineData("/proc/thread-self/fd/{0}")]
    public void A_descriptor_that_the_process_was_not_given_cannot_be_named(string name)
    {
        // Opened by the runtime, which has it closed when another program takes the process's place.
        using var own = File.OpenHandle("/dev/null");

        Assert.True(StandardStreams.IsClosed(string.Format(null, name, own.DangerousGetHandle()), out _));
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/fd/x")]
    [InlineData("fd/0")]
    [InlineData("/dev/stdout")]
    public void Other_names_are_files(string name) => Assert.False(StandardStreams.IsClosed(name, out _));
}
