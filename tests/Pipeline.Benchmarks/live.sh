#!/usr/bin/env bash
# What reading an interface costs, beside the least C that does the same, tcpdump and netsniff-ng; what taking costs those who are left
# alone; and forwarding beside a bridge. On veth pairs in network namespaces that it makes and removes. As root, on a quiet machine.
#
#   live.sh readers [PAIRS] [PACKETS_A_SECOND] [SECONDS] [READER...]   CPU of each reader for a packet, in turns (20, 200000, 4, all)
#   live.sh overload [ROUNDS] [SECONDS] [READER...]        packets received while more come than anybody can read (5, 4)
#   live.sh lines [PAIRS] [PACKETS_A_SECOND] [SECONDS]     CPU for a packet that stays with the kernel: no program, an empty one, ours (20)
#   live.sh forward [ROUNDS] [SECONDS]                     packets that reach the other side of a bridge, and of us (5, 4)
#
# Senders run on CPU 0 and readers on CPU 1. The CPU time is that of all threads of a reader from before the first packet to after the last
# (/proc/PID/task/*/schedstat), system calls included. Prints a line for each run, and the medians of the ratios of neighbours at the end.
# Needs the .NET SDK, gcc, jq, ip, and libxdp with its headers; for lines clang; tcpdump and netsniff-ng where they are there.
set -euo pipefail

what=${1:?readers, overload, lines or forward}
rounds=${2:-$([[ $what == readers || $what == lines ]] && echo 20 || echo 5)}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
for tool in jq gcc ip; do command -v $tool >/dev/null || { echo "live.sh needs $tool" >&2; exit 69; }; done
dotnet build -c Release Pipeline.Host -v quiet
pipeline=$PWD/Pipeline.Host/bin/Release/net10.0/pipeline
folder=$(mktemp -d)
from=plb$$f near=plb$$n over=plb$$o
running=""
finish() {
    [[ -z $running ]] || kill "$running" 2>/dev/null || true
    for name in $from $near $over; do ip netns del "$name" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT

sources=tests/Pipeline.Benchmarks/live
gcc -O2 -o "$folder/send" $sources/send.c
gcc -O2 -o "$folder/ring" $sources/ring.c
if echo '#include <xdp/xsk.h>' | gcc -E - >/dev/null 2>&1; then gcc -O2 -o "$folder/xsk" $sources/xsk.c -lxdp -lbpf; fi

ip netns add $from
ip netns add $near
for name in $from $near; do ip netns exec $name sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'; done
wire() { # FAR_NAMESPACE NEAR_NAME: far0 there, the other end in $near
    ip -n "$1" link add far0 numtxqueues 1 numrxqueues 1 type veth peer name "$2" netns $near numtxqueues 1 numrxqueues 1
    ip -n "$1" link set far0 up
    ip -n $near link set "$2" up
}
wire $from near0
within() { ip netns exec $near "$@"; }
send() { ip netns exec $from "$folder/send" far0 60 "$1" "$2" 0; } # PACE SECONDS

# Nanoseconds that CPUs spent on each thread of a process so far. Those of a thread that ends are gone with it.
cpu_of() { for thread in /proc/"$1"/task/*; do echo "${thread##*/} $(cat "$thread/schedstat" 2>/dev/null)"; done; }
between() { awk 'NR == FNR { before[$1] = $2; next } $2 { sum += $2 - before[$1] } END { printf "%.0f", sum }' <(echo "$1") <(echo "$2"); }

is_ready() { # READER
    case $1 in
        *xsk* | *afxdp*) within ip -d link show near0 | grep -q 'prog/xdp' && { [[ $1 != *run* ]] || sleep 1; } ;;
        *) within sh -c '[ $(wc -l </proc/net/packet) -gt 1 ]' ;;
    esac
}

command_of() { # READER SECONDS
    case $1 in
        C-ring) echo "$folder/ring near0 $2 1" ;;
        C-xsk-*) echo "$folder/xsk near0 ${1#C-xsk-} $2 1" ;;
        bench-afpacket) echo "$pipeline bench live -i near0:afpacket:1 --seconds $2 --cpu 1 --json" ;;
        bench-afxdp-*) echo "$pipeline bench live -i near0:afxdp:1 --mode ${1#bench-afxdp-} --seconds $2 --cpu 1 --json" ;;
        run-afpacket) echo "$pipeline run --config $folder/afpacket.conf -a duration:$2 -q --json" ;;
        run-afxdp-*) echo "$pipeline run --config $folder/${1#run-}.conf -a duration:$2 -q --json" ;;
        tcpdump) echo "timeout -s INT $2 taskset -c 1 tcpdump -i near0 -w /dev/null -s 0 -B 65536" ;;
        netsniff-ng) echo "timeout -s INT $2 taskset -c 1 netsniff-ng --in near0 --out /dev/null --silent --ring-size 64MiB --no-sock-mem" ;;
    esac
}

received_by() { # READER: what its output says
    case $1 in
        tcpdump) sed -n 's/^\([0-9]*\) packets captured.*/\1/p' "$folder/errors" ;;
        netsniff-ng) awk '/packets incoming/ { sub("\r", ""); print $1 }' "$folder/out" "$folder/errors" ;;
        bench-*) jq '[.rows[].packets] | add' "$folder/out" ;;
        run-*) jq '.ledger.delivered.packets' "$folder/out" ;;
        *) jq .packets "$folder/out" ;;
    esac
}

for backend in afpacket afxdp-native afxdp-generic; do
    mode=${backend#afxdp-}
    cat >"$folder/$backend.conf" <<CONF
pipeline {
  source { interface = near0, backend = ${backend%-*}, queues = 1$([[ $mode != "$backend" ]] && echo ", mode = $mode") }
  routes = [ { to = taken } ]
  consumers { taken { kind = bypass, handler = count } }
  dashboard { address = "off" }
}
CONF
done

# Seconds of packets before a reader's CPU time is looked at: code that is compiled while it runs is compiled then.
warming=2

stop_run() { # PID
    kill -TERM "$1" 2>/dev/null || cat "$folder/errors"
    wait "$1" || true
    running=""
}

# Runs one reader beside the sender.
measure() { # READER PACE SECONDS
    local reader=$1 pace=$2 seconds=$3 before after warm
    within $(command_of "$reader" $((seconds + warming + 3))) >"$folder/out" 2>"$folder/errors" &
    running=$!
    for _ in {1..100}; do is_ready "$reader" && break || sleep 0.05; done
    local process=$running child
    while child=$(cat /proc/$process/task/$process/children 2>/dev/null) && [[ -n $child ]]; do process=${child%% *}; done
    warm=$(send "$pace" $warming | jq .sent)
    sleep 0.1
    before=$(cpu_of $process)
    sent=$(send "$pace" "$seconds" | jq .sent)
    sleep 0.3
    kill -0 $running 2>/dev/null || { echo "$reader ended early:" >&2; cat "$folder/errors" >&2; exit 70; }
    after=$(cpu_of $process)
    wait $running || true
    running=""
    received=$(received_by "$reader")
    ns=$(awk -v cpu="$(between "$before" "$after")" -v warm="$warm" -v sent="$sent" -v got="${received:-0}" \
        'BEGIN { printf "%.1f", got ? cpu / (sent * got / (sent + warm)) : 0 }')
    echo "$reader $((warm + sent)) ${received:-0} $ns" | tee -a "$folder/table" | awk '{ printf "%-20s sent %-9s received %-9s CPU %7s ns/packet\n", $1, $2, $3, $4 }'
}

# The medians of a reader's figures, and of its ratio to another in the same round.
summary() { # COLUMN
    awk -v column="$1" '
        { runs[$1]++; value[$1, runs[$1]] = $column; if (!($1 in order)) { order[$1] = ++count; name[count] = $1 } }
        function median(list, n,   i, j, t) {
            for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j - 1] > list[j]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
            return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
        }
        function base(reader) {
            if (reader ~ /^(bench|run)-afpacket|^tcpdump|^netsniff/) return "C-ring"
            if (reader ~ /-afxdp-/) { sub(/.*-afxdp-/, "", reader); return "C-xsk-" reader }
            return reader ~ /^ours|^no-program/ ? "empty-program" : reader == "pipeline-forward" ? "bridge" : ""
        }
        END {
            for (k = 1; k <= count; k++) {
                reader = name[k]; b = base(reader)
                for (i = 1; i <= runs[reader]; i++) a[i] = value[reader, i]
                line = sprintf("%-20s median %10.1f", reader, median(a, runs[reader]))
                if (b != "" && b in runs) {
                    n = 0
                    for (i = 1; i <= runs[reader]; i++) if (value[b, i] > 0) r[++n] = value[reader, i] / value[b, i]
                    m = median(r, n)
                    line = line sprintf("   %.3f of %s, in pairs (%.3f to %.3f)", m, b, r[1], r[n])
                }
                print line
            }
        }' "$folder/table"
}

readers() {
    local pace=${1:-200000} seconds=${2:-4} list=(C-ring bench-afpacket run-afpacket)
    [[ ! -x $folder/xsk ]] || list+=(C-xsk-native bench-afxdp-native run-afxdp-native C-xsk-generic bench-afxdp-generic)
    for tool in tcpdump netsniff-ng; do command -v $tool >/dev/null && list+=($tool); done
    [[ $# -lt 3 ]] || list=("${@:3}")
    for ((round = 1; round <= rounds; round++)); do
        for reader in "${list[@]}"; do measure "$reader" "$pace" "$seconds"; done
    done
    summary 4
}

# The packets are received by a thread of the kernel on the reader's own CPU, so that reader and kernel fight for it.
overload() {
    local seconds=${1:-4} list=(C-ring bench-afpacket tcpdump)
    [[ ! -x $folder/xsk ]] || list+=(C-xsk-native bench-afxdp-native)
    command -v netsniff-ng >/dev/null && list+=(netsniff-ng)
    [[ $# -lt 2 ]] || list=("${@:2}")
    within ethtool -K near0 gro on
    within sh -c 'echo 1 >/sys/class/net/near0/threaded'
    for ((round = 1; round <= rounds; round++)); do
        for reader in "${list[@]}"; do
            (for _ in {1..60}; do pgrep '^napi/near0' | xargs -r -n1 taskset -pc 1 >/dev/null 2>&1; sleep 0.1; done) &
            measure "$reader" 0 "$seconds"
            wait
        done
    done
    summary 3
}

# The CPU that sends also receives, up to where the normal stack drops the packet. What it is not idle is all of it, interrupts included: the
# kernel measures idle time, and samples all else at ticks, which a sender that sleeps in step with them hardly ever sees.
lines() {
    local pace=${1:-100000} seconds=${2:-4}
    ip -n $near link set near0 address 02:00:00:00:00:01
    clang -O2 -target bpf -I/usr/include/"$(uname -m)"-linux-gnu -c $sources/pass.bpf.c -o "$folder/pass.o"
    for n in 16 1000; do
        for ((i = 0; i < n; i++)); do printf 'rule r%d match 12:ffff:0800 30:ffffffff:0a%06x mark 1\n' $i $i; done >"$folder/$n.rules"
        sed "s/routes = .*/rules = \"$n.rules\", routes = [ { mark = 1, to = taken } ]/" "$folder/afxdp-native.conf" >"$folder/ours-$n.conf"
    done
    for ((round = 1; round <= rounds; round++)); do
        for line in no-program empty-program ours-16 ours-1000; do
            running=""
            case $line in
                empty-program) within ip link set dev near0 xdpdrv obj "$folder/pass.o" sec xdp ;;
                ours-*)
                    ip netns exec $near "$pipeline" run --config "$folder/$line.conf" -q >"$folder/out" 2>"$folder/errors" &
                    running=$!
                    for _ in {1..200}; do is_ready afxdp && break || sleep 0.05; done
                    sleep 1
                    kill -0 $running 2>/dev/null || { cat "$folder/errors" >&2; exit 70; }
                    ;;
            esac
            local before=$(now_and_idle)
            sent=$(send "$pace" "$seconds" | jq .sent)
            ns=$(echo "$before $(now_and_idle)" | awk -v n="$sent" -v hz="$(getconf CLK_TCK)" '{ printf "%.1f", ($3 - $1 - ($4 - $2) / hz) * 1e9 / n }')
            [[ $line != empty-program ]] || within ip link set dev near0 xdpdrv off
            [[ -z $running ]] || { stop_run $running; }
            echo "$line $sent - $ns" | tee -a "$folder/table" | awk '{ printf "%-20s sent %-9s CPU %7s ns/packet\n", $1, $2, $4 }'
        done
    done
    summary 4
}

now_and_idle() { echo "$EPOCHREALTIME $(awk '/^cpu0 / { print $5 + $6 }' /proc/stat)"; }

# What comes in at near0 goes out at near1. At the far side it is counted by the interface.
forward() {
    local seconds=${1:-4}
    ip netns add $over
    wire $over near1
    cat >"$folder/forward.conf" <<CONF
pipeline {
  source { interface = near0, backend = afxdp, queues = 1 }
  routes = [ { to = out } ]
  consumers { out { kind = bypass, handler = forward, to = "if:near1" } }
  dashboard { address = "off" }
}
CONF
    arrived() { ip netns exec $over cat /sys/class/net/far0/statistics/rx_packets; }
    for ((round = 1; round <= rounds; round++)); do
        for line in bridge pipeline-forward; do
            local before
            running=""
            if [[ $line == bridge ]]; then
                within ip link add br0 type bridge
                for end in near0 near1; do within ip link set $end master br0; done
                within ip link set br0 up
            else
                ip netns exec $near "$pipeline" run --config "$folder/forward.conf" -q --json >"$folder/out" 2>"$folder/errors" &
                running=$!
                for _ in {1..200}; do is_ready afxdp && break || sleep 0.05; done
                kill -0 $running 2>/dev/null || { cat "$folder/errors"; exit 70; }
            fi
            sleep 1.5
            before=$(arrived)
            sent=$(send 0 "$seconds" | jq .sent)
            sleep 0.5
            received=$(($(arrived) - before))
            if [[ $line == bridge ]]; then within ip link del br0; else stop_run $running; fi
            echo "$line $sent $received -" | tee -a "$folder/table" | awk '{ printf "%-20s sent %-9s arrived %-9s\n", $1, $2, $3 }'
        done
    done
    summary 3
}

"$what" "${@:3}"
