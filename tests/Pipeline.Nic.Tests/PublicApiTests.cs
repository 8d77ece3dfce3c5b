using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_agreed_to() =>
        Assert.Equal("", PublicApiFile.DifferenceOf(typeof(PagePool).Assembly, "Pipeline.Nic"));

    [Theory]
    [InlineData("Pipeline.Nic.Pages.Packet (struct)")]
    [InlineData("Pipeline.Nic.Pages.Packet.Rule { get; set; } -> int")]
    [InlineData("Pipeline.Nic.Pages.Packet.MaxRules = 16777215 -> const int")]
    [InlineData("Pipeline.Nic.Pages.PagePool.TryRent(out int page) -> bool")]
    [InlineData("Pipeline.Nic.Pages.PageBundle (sealed class) : IDisposable")]
    [InlineData("Pipeline.Nic.Pages.PacketFlags (flags) : byte")]
    [InlineData("Pipeline.Nic.Accounts.DropReason.ShareExceeded = 0")]
    [InlineData("Pipeline.Nic.Accounts.LedgerSnapshot.Received { get; init; } -> required PacketTally")]
    [InlineData("Pipeline.Nic.Consumers.HandlerOptions.Text(string key, string? fallback = null) -> abstract string?")]
    [InlineData("Pipeline.Nic.Consumers.PacketHandler.Consume(scoped PacketBatch batch) -> abstract void")]
    [InlineData("Pipeline.Nic.Consumers.PacketBatch.Enumerator (ref struct)")]
    [InlineData("Pipeline.Nic.Accounts.ReasonNames.Name(this DropReason reason) -> static string")]
    public void A_line_says_all_that_code_is_compiled_against(string line) => Assert.Contains(line, PublicApi.Of(typeof(PagePool).Assembly));
}
