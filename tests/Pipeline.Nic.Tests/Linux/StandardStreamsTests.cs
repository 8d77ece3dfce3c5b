using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Nic.Tests.Linux;

public sealed class StandardStreamsTests
{
    [Theory]
    [InlineData("/dev/fd/{0}")]
    [InlineData("/proc/self/fd/{0}")]
    [InlineData("/proc/thread-self/fd/{0}")]
    public void A_program_that_embeds_a_pipeline_may_name_what_it_has_opened(string name)
    {
        using var own = File.OpenHandle("/dev/null");

        Assert.False(StandardStreams.IsClosed(string.Format(null, name, own.DangerousGetHandle()), out _));
    }

    [Theory]
    [InlineData("/dev/fd/1000000")]
    [InlineData("/proc/self/fd/1000000")]
    [InlineData("/proc/thread-self/fd/2147483647")]
    public void A_descriptor_that_is_not_open_cannot_be_named(string name) => Assert.True(StandardStreams.IsClosed(name, out _));

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/fd/x")]
    [InlineData("fd/0")]
    [InlineData("/dev/stdout")]
    public void Other_names_are_files(string name) => Assert.False(StandardStreams.IsClosed(name, out _));
}
