using System.Net;
using System.Net.Sockets;
using Pipeline.Host.Remote;

namespace Pipeline.Host.Tapping;

/// <summary>
/// Gives a tap of its own to everybody who connects (Wireshark's pcap-over-IP), so that a reader that is slow or goes away concerns nobody
/// else. The pipeline bounds their number.
/// </summary>
/// <param name="most">The packets after which each reader's tap ends; 0 for no end.</param>
/// <param name="say">Gets a line for the user. Any thread.</param>
internal sealed class TapListener(NodeClient node, NodeTap tap, long most, Action<string> say)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<Task> _readers = [];
    private long _packets;
    private long _missed;

    public long Packets => Interlocked.Read(ref _packets);

    public long Missed => Interlocked.Read(ref _missed);

    /// <summary>Serves until it is told to end, the pipeline has gone, or a reader got all its packets and no other reads.</summary>
    public async Task Serve(TcpListener listener, Task end)
    {
        using var stop = new CancellationTokenSource();
        var looking = Look(stop.Token);
        _ = end.ContinueWith(_ => _end.TrySetResult(), TaskScheduler.Default);
        while (!_end.Task.IsCompleted)
        {
            var next = listener.AcceptTcpClientAsync(stop.Token).AsTask();
            if (await Task.WhenAny(next, _end.Task) != next) continue;
            if (next.IsCompletedSuccessfully) Begin(await next);

            // Such as when there are no descriptors left: whoever asks waits until there are.
            else await Task.WhenAny(_end.Task, Task.Delay(BetweenLooks, stop.Token));
        }

        await stop.CancelAsync();
        listener.Stop();
        await Task.WhenAll(Readers.Append(looking));
    }

    private Task[] Readers
    {
        get
        {
            lock (_gate) return [.. _readers];
        }
    }

    private void Begin(TcpClient client)
    {
        lock (_gate)
        {
            var reading = Task.Run(() => Send(client));
            _readers.Add(reading);
            _ = reading.ContinueWith(Ended, TaskScheduler.Default);
        }
    }

    private void Ended(Task<bool> reading)
    {
        lock (_gate)
        {
            _readers.Remove(reading);
            if (reading.Result && _readers.Count == 0) _end.TrySetResult();
        }
    }

    /// <returns>Whether the reader got all the packets that it was to get.</returns>
    private async Task<bool> Send(TcpClient client)
    {
        using var closing = client;
        using var gone = new CancellationTokenSource();
        var (copy, reader) = (new TapCopy(tap), client.Client.RemoteEndPoint);
        try
        {
            var stream = client.GetStream();
            var leaving = Watch(stream, gone);
            await copy.Run([new((IPEndPoint)client.Client.LocalEndPoint!)], stream.WriteAsync, _end.Task, gone.Token);
            client.Client.Shutdown(SocketShutdown.Both);
            await leaving;
        }
        catch (NodeException refusal)
        {
            say($"{reader}: {refusal.Message}");
            return false;
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // It has gone.
        }

        Interlocked.Add(ref _packets, copy.Packets);
        Interlocked.Add(ref _missed, copy.Missed);
        say($"{reader}: {copy.Packets} packets, {copy.Missed} missed");
        return most > 0 && copy.Packets >= most;
    }

    /// <summary>A reader sends nothing, so what comes is that it closes.</summary>
    private static async Task Watch(NetworkStream stream, CancellationTokenSource gone)
    {
        try
        {
            var nothing = new byte[16];
            while (await stream.ReadAsync(nothing) > 0)
            {
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // It has gone, or was sent away.
        }

        try
        {
            await gone.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits for it any more.
        }
    }

    /// <summary>Without a reader nothing else tells that the run has ended.</summary>
    private async Task Look(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await node.Tell(HttpMethod.Get, "health/live");
            }
            catch (NodeException error) when (error.InnerException is HttpRequestException)
            {
                _end.TrySetResult();
                return;
            }
            catch (NodeException)
            {
                // It hangs, which is no end.
            }

            await Task.Delay(BetweenLooks, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
