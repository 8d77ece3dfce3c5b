using System.Text.Json;
using Pipeline.TestSupport;

namespace Pipeline.Linux.Tests;

/// <summary>Tests of one run on one wire each.</summary>
public abstract class OnTwoHosts : IDisposable
{
    protected OnTwoHosts()
    {
        if (Environment.UserName == "root") Hosts = new TwoHosts();
    }

    private protected TwoHosts Hosts { get; } = null!;

    private protected TemporaryFolder Folder { get; } = new();

    public void Dispose()
    {
        Hosts?.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ten packets more are seen. They are sent until then, because an end that has just come up loses some.</summary>
    private protected async Task Comes(LiveRun run)
    {
        var packet = Frames.Ethernet(Frames.Everyone, [2, 0, 0, 0, 0, 1], 0x88b5, new byte[46]);
        var before = Seen(await run.Snapshot());
        await Soon.Holds(async () =>
        {
            Hosts.Send(packet);
            return Seen(await run.Snapshot()) >= before + 10;
        });
    }

    private protected static long Seen(JsonElement snapshot) => snapshot.Packets("rules", "all")!.Value;
}
