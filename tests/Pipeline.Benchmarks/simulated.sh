#!/usr/bin/env bash
# The simulated NIC to two consumers: 64-byte packets, 16 rules, half of the packets marked by one of them.
#
#   simulated.sh [MILLIONS] [RUNS] [profile]     MILLIONS of packets (100), RUNS of them (5); with "profile" one more under perf
#   simulated.sh SECONDSs [RUNS]                 for so many seconds, such as 60s
#
# Prints packets a second and nanoseconds a packet by the report's own clock, and collections and bytes allocated in all. By time it also
# asks the running pipeline, through its own server, for the handoff's quantiles (from when a router begins to fill a bundle to when its
# consumer takes it), for the packets in flight, of which the mean time from poll to home follows (packets in flight by packets a second),
# and for what was allocated between the first and the last time it asked. With "profile" it prints the share of every stage in the two
# threads that packets pass through. Needs the .NET SDK and jq; curl to run by time, perf for the profile.
set -euo pipefail

size=${1:-100}
runs=${2:-5}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
command -v jq >/dev/null || { echo "simulated.sh needs jq" >&2; exit 69; }
dotnet build -c Release Pipeline.Host -v quiet
pipeline=$PWD/Pipeline.Host/bin/Release/net10.0/pipeline.dll
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if [[ $size == *s ]]; then packets=""; else packets=", packets = $((size * 1000000))"; fi

# Half of the simulator's destinations lie in 198.18.0.0/16: a rule for each sixteenth of it, the marks in turn to two consumers.
for i in {0..15}; do printf 'rule part%d match 30:fffff000:c612%x000 mark %d\n' "$i" "$i" $((i + 1)); done >"$folder/16.rules"
cat >"$folder/two.conf" <<CONF
pipeline {
  source { sim { profile = small, queues = 1$packets } }
  rules = "16.rules"
  routes = [ { mark = "0x1/0x1", to = odd }, { to = even } ]
  consumers { odd { kind = bypass, handler = count }, even { kind = bypass, handler = count } }
}
CONF
run() { dotnet "$pipeline" run --config "$folder/two.conf" -q --json; }

figures='"\(.ledger.received.packets / .elapsedSeconds / 1e5 | round / 10) Mpps  " +
    "\(.elapsedSeconds * 1e10 / .ledger.received.packets | round / 10) ns/packet  gen0 \(.runtime.gen0)  " +
    "\(.runtime.allocatedBytes) bytes allocated, start included  balanced \(.ledger.balanced)  " +
    "\([.consumers[] | select(.packets > 0) | "\(.name) \(.packets)"] | join(", "))"'

# Asked every other second; the first answer is from when everything is warm.
port=18480
for_seconds() {
    local seconds=${size%s} snapshots=$folder/snapshots
    : >"$snapshots"
    dotnet "$pipeline" run --config "$folder/two.conf" -a "duration:$seconds" --dashboard 127.0.0.1:$port -q --json >"$folder/report" &
    local running=$!
    sleep 3
    while kill -0 $running 2>/dev/null; do
        curl -sf -m 1 http://127.0.0.1:$port/api/v1/snapshot >>"$snapshots" && echo >>"$snapshots" || true
        sleep 2
    done
    wait $running
    jq -r "$figures" "$folder/report"
    jq -rs '(map(.ledger.inFlight.packets) | add / length) as $flying | (.[-1].ledger.received.packets / .[-1].elapsedSeconds) as $rate |
        (.[-1].consumers[] | select(.packets > 0) | "  \(.name): handoff p50 \(.instances[0].handoff.p50Microseconds) us, p99.9 \(.instances[0].handoff.p999Microseconds) us"),
        "  in flight \($flying | round) packets in the mean, \($flying / $rate * 1e6 | round) us from poll to home; at most \(.[-1].ledger.inFlight.most)",
        "  warm: gen0 \(.[-1].runtime.gen0 - .[0].runtime.gen0), \((.[-1].runtime.allocatedBytes - .[0].runtime.allocatedBytes) / (([.[-1].consumers[].bundles] | add) - ([.[0].consumers[].bundles] | add)) * 1000 | round / 1000) bytes allocated to a bundle, the server that is asked included"' "$snapshots"
}

for ((i = 0; i < runs; i++)); do
    if [[ -z $packets ]]; then for_seconds; else run | jq -r "$figures"; fi
done

[[ ${3:-} == profile ]] || exit 0
DOTNET_PerfMapEnabled=1 DOTNET_EnableWriteXorExecute=0 perf record -q -e cpu-clock -F 2000 -o "$folder/perf" \
    dotnet "$pipeline" run --config "$folder/two.conf" -q --json >/dev/null
perf script -i "$folder/perf" -F comm,tid,ip,sym,dso 2>/dev/null | awk '
    /pipeline-dispat/ {
        stage = "other"
        if (/Simulated|WireTraffic|SeededTraffic/) stage = "1 poll: the simulated wire, its pages and descriptors"
        else if (/dynamicClass|MarkTable|MarkProgram|RuleCounters/) stage = "2 classify"
        else if (/Routing\.|RouteTable|Selection/) stage = "3 route, scatter, queue actor"
        else if (/Akka|Dispatch\.|Mailbox|ConcurrentQueue/) stage = "4 handoff: mailbox, dispatcher, Akka"
        else if (/Delivery\.|Consumers\./) stage = "5 consume"
        else if (/PagePool|PageShare|PageBundle|BundlePool|Accounts\./) stage = "6 pages, bundles and accounts, out and home"
        else if (/libcoreclr/) stage = "7 runtime; in the consumer, waiting for work"
        else if (/kernel|vdso/) stage = "8 kernel and clock"
        samples[$2, stage]++; total[$2]++; all += 1
    }
    END {
        for (key in samples) {
            split(key, part, SUBSEP)
            if (total[part[1]] > all / 10) printf "thread %s  %5.1f %%  %s\n", part[1], 100 * samples[key] / total[part[1]], part[2]
        }
    }' | sort -k2,2 -k5
