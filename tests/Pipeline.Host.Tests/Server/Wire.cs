using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Host.Tests.Server;

/// <summary>A connection on which bytes go as they are, for what no HTTP client would send.</summary>
internal sealed partial class Wire : IDisposable
{
    /// <summary>No answer is as long as this; a server that says more does not come to an end.</summary>
    private const int MostBytes = 1 << 20;

    private readonly TcpClient _client = new();

    private Wire()
    {
    }

    /// <param name="receiveBuffer">What the system takes for a reader that does not read; 0 for as much as it likes.</param>
    public static async Task<Wire> Open(string url, int receiveBuffer = 0)
    {
        var wire = new Wire();
        if (receiveBuffer > 0) wire._client.ReceiveBufferSize = receiveBuffer;
        await wire._client.ConnectAsync("127.0.0.1", new Uri(url).Port).WaitAsync(ServedRun.Patience);
        return wire;
    }

    /// <summary>One request on a connection of its own, which it asks to close.</summary>
    /// <returns>Everything that came back until the server closed.</returns>
    public static async Task<string> Ask(string url, string request)
    {
        using var wire = await Open(url);
        await wire.Send(request);
        return await wire.Rest();
    }

    public static IReadOnlyList<int> Statuses(string answer) => [.. StatusLine().Matches(answer).Select(m => int.Parse(m.Groups[1].ValueSpan))];

    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>A server that has heard enough may hang up meanwhile; what it said is still to be read.</summary>
    public async Task Send(byte[] bytes)
    {
        try
        {
            await _client.GetStream().WriteAsync(bytes);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>What comes until the server closes or resets the connection.</summary>
    /// <exception cref="OperationCanceledException">It has done neither in all the patience there is, however much it said.</exception>
    public async Task<string> Rest()
    {
        using var patience = new CancellationTokenSource(ServedRun.Patience);
        var (all, chunk) = (new StringBuilder(), new byte[64 << 10]);
        try
        {
            while (await _client.GetStream().ReadAsync(chunk, patience.Token) is > 0 and var read) all.Append(Told(chunk, read, all.Length));
        }
        catch (IOException)
        {
        }

        return all.ToString();
    }

    /// <summary>What has come; empty at the end.</summary>
    public async Task<string> Some()
    {
        var chunk = new byte[64 << 10];
        var read = await _client.GetStream().ReadAsync(chunk).AsTask().WaitAsync(ServedRun.Patience);
        return Encoding.Latin1.GetString(chunk, 0, read);
    }

    /// <summary>What comes until there is silence for a while, or more than anybody wants to know.</summary>
    public async Task<string> UntilSilence(TimeSpan silence)
    {
        const int Most = 16;
        var (all, chunk) = (new StringBuilder(), new byte[64 << 10]);
        try
        {
            for (var i = 0; i < Most; i++)
            {
                using var patience = new CancellationTokenSource(silence);
                var read = await _client.GetStream().ReadAsync(chunk, patience.Token);
                if (read == 0) break;
                all.Append(Encoding.Latin1.GetString(chunk, 0, read));
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
        }

        return all.ToString();
    }

    /// <summary>Waits without reading until the server resets the connection.</summary>
    /// <returns>False if it has not in all the patience there is.</returns>
    public bool WaitsForReset() => _client.Client.Poll(ServedRun.Patience, SelectMode.SelectError);

    public void Dispose() => _client.Dispose();

    private static string Told(byte[] chunk, int read, int before)
    {
        if (before + read > MostBytes) throw new InvalidDataException($"The server says more than {MostBytes} bytes.");
        return Encoding.Latin1.GetString(chunk, 0, read);
    }

    [GeneratedRegex(@"HTTP/1\.1 (\d{3}) ")]
    private static partial Regex StatusLine();
}
