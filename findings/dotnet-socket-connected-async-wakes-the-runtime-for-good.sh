#!/usr/bin/env bash
# One ConnectAsync on a .NET socket has a thread of the runtime wake for later arrivals, though nobody waits for the socket asynchronously any more.
#
# Version: .NET 10, Linux.
# A program connects a socket and from then on reads it with poll(2) and recv(2) of its own, as packet programs do.
# Expected: once the connect is done, the runtime has nothing more to do with the socket.
# Seen: the first asynchronous operation puts the descriptor into the epoll set of the runtime's thread ".NET Sockets", edge-triggered, for as
# long as the socket is open. From then on that thread wakes for what arrives (here for one answer in three), finds that nobody waits, and sleeps
# again. Connected by Connect, or by a Connect that does not block and Socket.Poll, it sleeps all the while.
# At some thousand acknowledgements a second that was a tenth of a CPU.
#
# Needs the .NET SDK. Exit code 0: as described; 1: changed; 2: it cannot be tried here.
set -euo pipefail

command -v dotnet >/dev/null || { echo "needs dotnet" >&2; exit 2; }
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >wake.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><AllowUnsafeBlocks>true</AllowUnsafeBlocks><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
</Project>
XML
cat >wake.cs <<'CS'
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

const int Rounds = 500;
using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
listener.Listen(1);
using var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
switch (args[0])
{
    case "async":
        await near.ConnectAsync(listener.LocalEndPoint!);
        break;
    case "sync":
        near.Connect(listener.LocalEndPoint!);
        break;
    default:
        near.Blocking = false;
        try { near.Connect(listener.LocalEndPoint!); }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress) { near.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectWrite); }
        near.Blocking = true;
        break;
}

using var far = listener.Accept();
far.NoDelay = true;
var descriptor = (int)near.SafeHandle.DangerousGetHandle();
var echo = new Thread(() =>
{
    Span<byte> one = stackalloc byte[1];
    for (var i = 0; i < Rounds; i++)
    {
        far.Receive(one);
        Thread.Sleep(1);
        far.Send(one);
    }
});
echo.Start();
var before = Wakes();
unsafe
{
    byte one = 1;
    for (var i = 0; i < Rounds; i++)
    {
        Native.send(descriptor, &one, 1, 0);
        Native.recv(descriptor, &one, 1, 0);
    }
}
echo.Join();
Console.WriteLine(Wakes() - before);

// How often the runtime's thread for sockets has gone to sleep (proc(5), voluntary_ctxt_switches).
static long Wakes() => Directory.EnumerateDirectories("/proc/self/task")
    .Where(task => File.ReadAllText($"{task}/comm").StartsWith(".NET Sockets", StringComparison.Ordinal))
    .Sum(task => long.Parse(File.ReadLines($"{task}/status").First(l => l.StartsWith("voluntary", StringComparison.Ordinal)).Split(':')[1]));

static unsafe partial class Native
{
    [DllImport("libc")] public static extern nint send(int descriptor, void* from, nuint bytes, int flags);
    [DllImport("libc")] public static extern nint recv(int descriptor, void* to, nuint bytes, int flags);
}
CS
dotnet build -v quiet -o built wake.csproj >build.log 2>&1 || { cat build.log >&2; exit 2; }

async=$(dotnet built/wake.dll async) sync=$(dotnet built/wake.dll sync) polled=$(dotnet built/wake.dll polled)
echo "wake-ups of the runtime's thread in 500 answers: ConnectAsync $async, Connect $sync, Connect and Poll $polled"
((async > 50 && sync < 5 && polled < 5)) || { echo "this has changed" >&2; exit 1; }
echo "as described"
