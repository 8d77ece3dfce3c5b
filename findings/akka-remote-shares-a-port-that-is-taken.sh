#!/usr/bin/env bash
# On Linux a second Akka.NET node starts on an address where another one listens already, and gets some of its connections.
#
# Version: Akka.Remote 1.5.74, .NET 10, Linux.
# akka.remote.dot-netty.tcp.tcp-reuse-addr is "off-for-windows" by default. On Linux that is on, and its comment speaks of SO_REUSEADDR, with
# which a port that somebody listens on is still refused.
# Expected: the second node fails to start, because the address is in use.
# Seen: both listen. .NET's SocketOptionName.ReuseAddress sets SO_REUSEPORT beside SO_REUSEADDR on Linux, so the kernel spreads new connections
# over both processes. A node that was started twice by mistake, or a second one with a copied configuration, says nothing; the cluster sees a
# member that is reachable now and then.
# With tcp-reuse-addr = off the second one fails as expected, and a node that was killed can listen again at once all the same.
#
# Needs the .NET SDK, a source of packages and ss. Exit code 0: as described; 1: changed; 2: it cannot be tried here.
set -euo pipefail

for tool in dotnet ss; do command -v $tool >/dev/null || { echo "needs $tool" >&2; exit 2; }; done
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
folder=$(mktemp -d)
nodes=()
finish() {
    for node in "${nodes[@]}"; do kill "$node" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
cat >node.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Akka.Remote" Version="1.5.74" /></ItemGroup>
</Project>
XML
cat >node.cs <<'CS'
var reuse = args.Length > 1 ? $"akka.remote.dot-netty.tcp.tcp-reuse-addr = {args[1]}\n" : "";
try
{
    Akka.Actor.ActorSystem.Create("node", Akka.Configuration.ConfigurationFactory.ParseString(
        "akka { actor.provider = remote, stdout-loglevel = OFF, loglevel = OFF, loggers = [] }\n"
        + $"akka.remote.dot-netty.tcp {{ hostname = \"127.0.0.1\", port = {args[0]} }}\n{reuse}"));
    System.Console.WriteLine("listens");
    System.Threading.Thread.Sleep(60_000);
}
catch (System.Exception error)
{
    for (var e = error; e != null; e = e.InnerException)
        if (e is System.Net.Sockets.SocketException socket) System.Console.WriteLine($"fails: {socket.SocketErrorCode}");
}
CS
dotnet build -v quiet -o built node.csproj >build.log 2>&1 || { cat build.log >&2; exit 2; }

port=$((20000 + $$ % 20000))
start() { # NAME [REUSE]
    dotnet built/node.dll $port "${@:2}" >"$1" 2>&1 &
    nodes+=($!)
    for _ in {1..300}; do [[ -s $1 ]] && break || sleep 0.1; done
    echo "$1: $(cat "$1")"
}
differs() { echo "this has changed" >&2; exit 1; }

start first
start second
listeners=$(ss -Hltn "sport = :$port" | wc -l)
echo "sockets that listen on port $port: $listeners"
[[ $(cat first) == listens && $(cat second) == listens && $listeners == 2 ]] || differs
for node in "${nodes[@]}"; do kill -9 "$node"; wait "$node" 2>/dev/null || true; done
nodes=()

start third off
start fourth off
[[ $(cat third) == listens && $(cat fourth) == "fails: AddressAlreadyInUse" ]] || differs
echo "as described"
