#!/usr/bin/env bash
# Two nodes on this machine: one has a simulated NIC, the other counts its packets. Beside iperf3 over the same loopback, in turns.
#
#   cluster.sh [ROUNDS] [SECONDS] [PROFILE] [plain|tls]      3, 5, imix, plain
#
# Prints for each round the captured bytes a second that were acknowledged, from six seconds after the first packet on, when the machine
# code is ready, and CPU seconds to a GB of both processes together, for the whole program: simulating, routing, the link, the mailbox,
# counting. iperf3 sends in blocks of 128 KiB, in turns. A quiet machine, the .NET SDK, jq, iperf3 and, for tls, openssl. It listens on 127.0.0.0/8 alone.
set -euo pipefail

rounds=${1:-3} seconds=${2:-5} profile=${3:-imix} security=${4:-plain}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
for tool in jq iperf3; do command -v $tool >/dev/null || { echo "cluster.sh needs $tool" >&2; exit 69; }; done
dotnet build -c Release Pipeline.Host -v quiet
pipeline=$PWD/Pipeline.Host/bin/Release/net10.0/pipeline
folder=$(mktemp -d)
running=()
finish() {
    for id in "${running[@]}"; do kill "$id" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT

secured="security = plain"
if [[ $security == tls ]]; then
    hocon/examples/cluster/lab-ca.sh "$folder/certificates" n1 n2 >/dev/null 2>&1
fi

node() { # NUMBER ROLE INSIDE
    [[ $security != tls ]] || secured="tls { certificate = \"$folder/certificates/n$1.pem\", key = \"$folder/certificates/n$1.key\", ca = \"$folder/certificates/ca.pem\" }"
    echo "pipeline {
  cluster { name = n$1, roles = [$2], listen = \"127.77.0.$1:4053\", seeds = [\"127.77.0.1:4053\"], $secured }
  consumers { work { kind = bypass, handler = count, on = [n2] } }
  $3
}" > "$folder/n$1.conf"
}
node 1 nic "source { sim { profile = $profile, queues = 1, ring = 4096, pages = 16384 } }, routes = [ { to = work } ]"
node 2 consumer ""

ours() {
    "$pipeline" run -q --config "$folder/n2.conf" >/dev/null 2>&1 &
    running=($!)
    sleep 1
    "$pipeline" run -q --config "$folder/n1.conf" --dashboard 127.77.0.1:8480 --json > "$folder/report.json" 2>/dev/null &
    running+=($!)

    # Two readings and nothing in between: on two CPUs, a reading every tenth of a second costs a third of the rate.
    local before after started ended first last
    until (($(taken) > 0)); do sleep 0.5; done
    sleep 6
    first=$(taken) started=$(date +%s.%N) before=$(both_cpus)
    sleep "$seconds"
    last=$(taken) ended=$(date +%s.%N) after=$(both_cpus)
    kill -INT "${running[1]}"
    wait "${running[1]}" || true
    kill -INT "${running[0]}"
    wait "${running[0]}" || true
    running=()
    jq -r --argjson first "$first" --argjson last "$last" --argjson seconds "$(echo "$ended $started" | awk '{ print $1 - $2 }')" --argjson cpu "$(echo "$after $before" | awk '{ print $1 - $2 }')" '
        (.ledger.received.bytes / .ledger.received.packets * ($last - $first) / 1e9) as $gb
        | "\($gb / $seconds * 100 | round / 100) GB/s, \(($last - $first) / $seconds / 1e4 | round / 100) Mpps, \($cpu / $gb * 100 | round / 100) CPU-s/GB, balanced \(.ledger.balanced), dropped \(.ledger.dropped.packets)"' "$folder/report.json"
}

# Seconds of CPU that both processes used so far, in user and system mode (proc(5): clock ticks of 10 ms).
both_cpus() { awk '{ sum += $14 + $15 } END { print sum / 100 }' "/proc/${running[0]}/stat" "/proc/${running[1]}/stat" 2>/dev/null; }

taken() { curl -s --max-time 1 http://127.77.0.1:8480/api/v1/snapshot | jq '.ledger.delivered.packets // 0' 2>/dev/null || echo 0; }

theirs() {
    iperf3 -s -1 -B 127.77.0.3 >/dev/null &
    running=($!)
    sleep 0.5
    iperf3 -c 127.77.0.3 -t 4 -l 128K --json | jq -r '.end | "\(.sum_received.bits_per_second / 8e7 | round / 100) GB/s, \((.cpu_utilization_percent | .host_total + .remote_total) / 100 / (.sum_received.bits_per_second / 8e9) * 100 | round / 100) CPU-s/GB"'
    wait "${running[0]}" || true
    running=()
}

for ((round = 1; round <= rounds; round++)); do
    echo "round $round: $profile $security: $(ours)"
    echo "round $round: iperf3: $(theirs)"
done
