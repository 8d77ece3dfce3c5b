using Pipeline.Nic.Linux;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Linux;

public sealed class TrustedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_file_of_ones_own_is_read(int bytes)
    {
        File.WriteAllBytes(_folder["f"], new byte[bytes]);

        Assert.Equal(new byte[bytes], TrustedFile.Read(_folder["f"], 4));
    }

    [Fact]
    public void A_file_that_is_too_long_is_none()
    {
        File.WriteAllBytes(_folder["f"], new byte[5]);

        Assert.Null(TrustedFile.Read(_folder["f"], 4));
    }

    [Fact]
    public void What_is_no_regular_file_is_none_and_nobody_waits_for_it()
    {
        Assert.Equal(0, Tool.Run("mkfifo", _folder["pipe"]).ExitCode);
        File.WriteAllText(_folder["f"], "");
        File.CreateSymbolicLink(_folder["link"], "f");

        Assert.All(["pipe", "link", "nothing", ""], name => Assert.Null(TrustedFile.Read(_folder[name], 4)));
        Assert.Null(TrustedFile.Read("/dev/zero", 4));
    }

    [FactThatNeeds(Need.Root)]
    public void Another_users_file_is_refused_even_by_root()
    {
        File.WriteAllText(_folder["f"], "");
        Assert.Equal(0, Tool.Run("chown", "65534", _folder["f"]).ExitCode);

        Assert.Throws<UnauthorizedAccessException>(() => TrustedFile.Read(_folder["f"], 4));
    }
}
