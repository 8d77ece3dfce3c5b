using Pipeline.Actors.Configuration;
using Pipeline.Host.Running;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class StateFolderTests
{
    [Theory]
    [InlineData("/here", true, "/here")]
    [InlineData("/here", false, "/here")]
    [InlineData(PipelineOptions.NoState, true, "")]
    [InlineData(null, false, "")]
    [InlineData(null, true, "/var/lib/pipeline /home/me/.local/state/pipeline")]
    public void A_capture_remembers_nothing_unless_it_is_told_where(string? configured, bool isLive, string folders) =>
        Assert.Equal(folders, Candidates(configured, isLive, ("HOME", "/home/me")));

    [Fact]
    public void The_folder_of_the_service_goes_before_that_of_the_machine() =>
        Assert.Equal("/var/lib/edge", Candidates(null, isLive: false, ("STATE_DIRECTORY", "/var/lib/edge:/var/lib/other")));

    [Fact]
    public void The_user_may_have_another_place_for_state() =>
        Assert.Equal("/var/lib/pipeline /state/pipeline", Candidates(null, isLive: true, ("HOME", "/home/me"), ("XDG_STATE_HOME", "/state")));

    private static string Candidates(string? configured, bool isLive, params (string Name, string Value)[] environment) =>
        string.Join(' ', StateFolder.Candidates(configured, environment.ToDictionary(v => v.Name, v => v.Value), isLive));
}
