using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Captures;

/// <summary>
/// The captures of a running pipeline. Their number and their memory are bounded. One that has ended is kept for
/// <see cref="Kept"/>, or until it is forgotten. Any thread.
/// </summary>
[System.Diagnostics.DebuggerDisplay("{_all.Count} captures")]
public sealed partial class CaptureList
{
    /// <summary>Captures at a time.</summary>
    public const int Most = 8;

    /// <summary>The most bytes of all their files together: 256 MiB.</summary>
    public const long MostBytes = 256L << 20;

    /// <summary>How long a capture is kept after it has ended.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private const int IdBytes = 8;

    private readonly Lock _lock = new();
    private readonly List<LiveCapture> _all = [];

    /// <summary>Those that are forgotten and still being read.</summary>
    private readonly List<LiveCapture> _leaving = [];

    /// <summary>What ends with each capture that goes on. Whoever waits for one must not hold up the others, or the end of the run.</summary>
    private readonly Dictionary<LiveCapture, TaskCompletionSource> _running = [];
    private readonly TaskCompletionSource _over = new();
    private readonly PipelineSetup _setup;
    private readonly Topology _topology;
    private readonly EventLog _events;
    private readonly TimeProvider _clock;

    internal CaptureList(PipelineSetup setup, Topology topology, EventLog events, TimeProvider clock) =>
        (_setup, _topology, _events, _clock) = (setup, topology, events, clock);

    /// <summary>The captures that go on or are kept, the oldest first.</summary>
    public IReadOnlyList<LiveCapture> All
    {
        get
        {
            lock (_lock) return [.. _all];
        }
    }

    /// <returns>Null where there is none of that name, or no longer.</returns>
    public LiveCapture? Find(string id) => All.FirstOrDefault(c => c.Id == id);

    /// <summary>Finds out whether a capture makes sense, and starts none.</summary>
    /// <exception cref="CaptureRefusedException">It makes none.</exception>
    public async Task CheckAsync(CaptureRequest request) => await FilterOf(request);

    /// <summary>Starts a capture. Routers show it every packet from before this returns.</summary>
    /// <exception cref="CaptureRefusedException">It makes no sense, there is no room for it, or the run is over.</exception>
    public async Task<LiveCapture> StartAsync(CaptureRequest request)
    {
        var filter = await FilterOf(request);
        lock (_lock)
        {
            CheckRoom(request);
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

            // Two taps that carried away each other's packets would never come to an end with them.
            var own = OwnConnections.Of(_setup.Nic.Traits.IsLive ? [.. request.Except, .. _running.Keys.SelectMany(c => c.Request.Except)] : []);
            var capture = new LiveCapture(id, request, filter, [.. _topology.Queues.Select(q => q.Router.Scatter.Captures)], _clock, own);
            _all.Add(capture);
            Tell(PipelineEventKind.CaptureStarted, capture, CaptureWords.Started(capture));
            capture.Begin(_setup.Nic.Interfaces);
            _running[capture] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = Task.Run(() => Follow(capture));
            return capture;
        }
    }

    /// <summary>Ends a capture if it goes on, and forgets it. Whoever reads it reads on to the end.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="who">Who deletes it, for the event; null where it was read to its end and nobody has to be told.</param>
    /// <returns>False where there is none of that name.</returns>
    public async Task<bool> ForgetAsync(string id, string? who = null)
    {
        LiveCapture? capture;
        Task ended;
        lock (_lock)
        {
            capture = _all.Find(c => c.Id == id);
            if (capture is null) return false;
            capture.Stop();
            Remove(capture);
            ended = _running.TryGetValue(capture, out var running) ? running.Task : Task.CompletedTask;
        }

        await ended;
        if (who is not null) Tell(PipelineEventKind.CaptureDeleted, capture, CaptureWords.Deleted(capture, who), who);
        return true;
    }

    /// <summary>Counts a reader. The memory of the capture is counted as long as somebody reads it.</summary>
    /// <returns>To be disposed when it is read no longer.</returns>
    public IDisposable BeginReading(LiveCapture capture)
    {
        lock (_lock) capture.Readers++;
        return new Reader(this, capture);
    }

    private Task<PacketFilter?> FilterOf(CaptureRequest request)
    {
        if ((request.WhyNot() ?? WhyNotAt(request.At)) is { } why) throw new CaptureRefusedException(why, CaptureRefusal.Invalid);
        IReadOnlyList<LinkLayer> links = [.. _setup.Nic.Interfaces.Select(i => i.Link).Concat(_topology.Rules.InForce.Links).Distinct()];
        return CaptureFilters.Compile(request.Filter, links);
    }

    private string? WhyNotAt(CapturePoint at) => at.Place switch
    {
        CapturePlace.Rule when _topology.Rules.InForce.Rules.Rules.All(r => r.Name != at.Name) => $"at: there is no rule {at.Name}",
        CapturePlace.Route when _topology.Routes.All.All(r => r.To != at.Name) =>
            $"at: no route leads to {at.Name}; routes lead to {string.Join(", ", _topology.Routes.All.Select(r => r.To).Distinct())}",
        _ => null,
    };

    private void CheckRoom(CaptureRequest request)
    {
        if (_over.Task.IsCompleted) throw new CaptureRefusedException("the run is over; there is nothing to capture", CaptureRefusal.Ended);
        if (_all.Count >= Most)
            throw new CaptureRefusedException($"there are {Most} captures, as many as there can be; fetch or delete one of them", CaptureRefusal.TooMany);
        var held = _all.Concat(_leaving).Sum(c => c.Held);
        if (held + request.Bytes > MostBytes)
        {
            throw new CaptureRefusedException(
                string.Create(CultureInfo.InvariantCulture, $"captures hold {held >> 20} of {MostBytes >> 20} MiB, and this one needs {(request.Bytes + (1 << 20) - 1) >> 20} MiB; fetch or delete one, or ask for fewer packets or a smaller snaplen"),
                CaptureRefusal.TooMany);
        }
    }
}
