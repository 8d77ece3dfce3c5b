using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pipeline.Host.Tests.Remote;

/// <summary>A server that answers with the same bytes whatever it is asked, and then hangs up, goes on for ever, or falls silent.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly byte[] _answer;
    private readonly Then _then;

    public ScriptedServer(string answer, Then then = Then.HangsUp)
    {
        (_answer, _then) = (Encoding.Latin1.GetBytes(answer.ReplaceLineEndings("\r\n")), then);
        _listener.Start();
        _ = Serve();
    }

    public enum Then
    {
        HangsUp,
        IsSilent,

        /// <summary>Sends spaces, which JSON passes over, as fast as they are taken.</summary>
        GoesOn,
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true) _ = Answer(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[64 << 10], _end.Token);
                await stream.WriteAsync(_answer, _end.Token);
                var spaces = Encoding.ASCII.GetBytes(new string(' ', 64 << 10));
                while (_then == Then.GoesOn) await stream.WriteAsync(spaces, _end.Token);
                if (_then == Then.IsSilent) await Task.Delay(Timeout.Infinite, _end.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                // It was left.
            }
        }
    }
}
