using System.Net;
using System.Net.Sockets;
using Pipeline.TestSupport;

namespace Pipeline.Linux.Tests;

/// <summary>Servers that send back what comes, and who asks them.</summary>
internal static class Echo
{
    /// <summary>A UDP server, until its socket is disposed.</summary>
    public static Socket Udp(NetworkNamespace where, IPAddress address, int port)
    {
        var socket = where.Make(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(address, port));
        _ = Task.Run(async () =>
        {
            var buffer = new byte[2048];
            while (true)
            {
                var got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(address, 0));
                await socket.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
            }
        });
        return socket;
    }

    /// <summary>A TCP server of one connection, until it is disposed.</summary>
    public static TcpListener Tcp(NetworkNamespace where, IPAddress address, int port)
    {
        var listener = where.Make(() =>
        {
            var made = new TcpListener(address, port);
            made.Start();
            return made;
        });
        _ = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().CopyToAsync(client.GetStream());
        });
        return listener;
    }

    /// <summary>Asks until an answer comes: a first packet can be lost while an address is looked for.</summary>
    public static async Task Answers(Socket socket, EndPoint server)
    {
        var answer = socket.ReceiveFromAsync(new byte[2048], server);
        await Soon.Holds(() =>
        {
            socket.SendTo(new byte[20], server);
            return answer.IsCompleted;
        });
        await answer;
    }

    /// <summary>Says a line in a connection, which must come back.</summary>
    public static async Task<string> Said(TcpClient client, string line)
    {
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
        var got = "";
        var buffer = new byte[100];
        while (!got.EndsWith('\n'))
        {
            var read = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Soon.Patience);
            if (read == 0) break;
            got += System.Text.Encoding.ASCII.GetString(buffer, 0, read);
        }

        return got.TrimEnd();
    }
}
