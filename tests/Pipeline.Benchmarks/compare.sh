#!/usr/bin/env bash
# Holds the whole program against tcpdump, run beside it, over the same captures in the page cache.
#
#   compare.sh FOLDER [MILLIONS] [RUNS]     MILLIONS of 60-byte packets (50), and a fifth of that of the IMIX; RUNS of each (5)
#
# FOLDER holds the captures and what the runs write; 50 million packets take 3.8 GB, and a split of them up to 5 GB more. Captures
# that are there from an earlier call are used again. Needs tcpdump and the .NET SDK.
#
# The programs take turns, A B A B ..., so that what disturbs the machine disturbs both; ratios are made of neighbours.
set -euo pipefail

(($# >= 1 && $# <= 3)) || { sed -n '4p' "$0" | cut -c3- >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
millions=${2:-50}
runs=${3:-5}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 PATH=$PATH:/usr/sbin
command -v tcpdump >/dev/null || { echo "compare.sh needs tcpdump" >&2; exit 69; }

dotnet build -c Release Pipeline.Host -v quiet
dotnet build -c Release tests/Pipeline.Benchmarks -v quiet
pipeline=$PWD/Pipeline.Host/bin/Release/net10.0/pipeline.dll
generate=(dotnet "$PWD/tests/Pipeline.Benchmarks/bin/Release/net10.0/Pipeline.Benchmarks.dll" generate)
out=$folder/out
rules=$folder/16.rules
ways=$folder/3.rules

# The same 16 networks for both programs: 10.1.0.0/24 to 10.1.15.0/24, as offset:mask:value and as a filter.
networks=() any=
for i in {0..15}; do
    printf 'rule net%d match 30:ffffff00:0a01%02x00 mark %d\n' "$i" "$i" $((i + 1))
    networks+=("$(printf 'ether[30:4] & 0xffffff00 = 0x0a01%02x00' "$i")")
done >"$rules"
for network in "${networks[@]}"; do any+="${any:+ or }($network)"; done
printf 'rule quarter0 match 31:03:00 mark 1\nrule quarter1 match 31:03:01 mark 2\n' >"$ways"

count() { dotnet "$pipeline" run -r "$1" --rules "$rules" -q; }
any_to_null() { tcpdump -r "$1" -w /dev/null "$any" 2>/dev/null; }
count_each() { local f; for f in "${networks[@]}"; do tcpdump -r "$1" --count "$f" 2>/dev/null; done; }
split() { dotnet "$pipeline" run -r "$1" --rules "$ways" --split "$out" -q; }
write_each() {
    mkdir -p "$out"
    tcpdump -r "$1" -w "$out/quarter0.pcap" 'ether[31] & 3 = 0' 2>/dev/null
    tcpdump -r "$1" -w "$out/quarter1.pcap" 'ether[31] & 3 = 1' 2>/dev/null
    tcpdump -r "$1" -w "$out/unmatched.pcap" 'ether[31] & 3 > 1' 2>/dev/null
}

# "wall cpu" seconds of a command, which starts with no output folder; CPU time is user's and system's, of all its processes.
seconds() {
    local took TIMEFORMAT='%R %U %S'
    if ! took=$({ time "$@" >/dev/null 2>"$folder/errors"; } 2>&1); then
        echo "failed: $*" >&2
        cat "$folder/errors" >&2
        exit 1
    fi
    rm -rf "$out" "$folder/errors"
    awk '{ printf "%.3f %.3f\n", $1, $2 + $3 }' <<<"$took"
}

# The smallest, middle and largest of a column of standard input.
spread() { awk -v c="$1" '{ print $c }' | sort -n | awk '{ v[NR] = $1 } END { print v[1], (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2, v[NR] }'; }

row() { # what, packets, file of times
    echo "$(spread 1 <"$3") $(spread 2 <"$3")" | awk -v what="$1" -v n="$2" \
        '{ printf "  %-26s %8.2f %8.2f %8.2f %12.1f %12.2f %12.1f\n", what, $1, $2, $3, $2 / n * 1e9, $5, $5 / n * 1e9 }'
}

head_row() { printf '%s\n  %-26s %8s %8s %8s %12s %12s %12s\n' "$1" "" "min s" "median s" "max s" "ns/packet" "CPU s" "CPU ns/pkt"; }

compare() { # title, capture, packets, A (ours), B
    local a=$folder/a.times b=$folder/b.times i
    : >"$a"
    : >"$b"
    for ((i = 0; i < runs; i++)); do
        seconds "$4" "$2" >>"$a"
        seconds "$5" "$2" >>"$b"
    done
    head_row "$1"
    row "pipeline ($4)" "$3" "$a"
    row "tcpdump ($5)" "$3" "$b"
    echo "  tcpdump / pipeline, pair by pair: wall $(paste "$a" "$b" | awk '{ printf "%.2f ", $3 / $1 }'), CPU $(paste "$a" "$b" | awk '{ printf "%.2f ", $4 / $2 }')"
    rm "$a" "$b"
}

capture() { # mix, packets, path
    [[ -s $3 ]] || "${generate[@]}" "$1" "$2" 1 "$3"
    cat "$3" >/dev/null
}

one=$folder/one.pcap
capture small 1 "$one"
compare "start-up: a capture of one packet" "$one" 1 count any_to_null

for mix in small imix; do
    packets=$((millions * 1000000))
    [[ $mix == imix ]] && packets=$((packets / 5))
    file=$folder/$mix-$packets.pcap
    capture $mix $packets "$file"
    compare "$mix, $packets packets: 16 rules counted, against one pass with all 16 joined by or" "$file" $packets count any_to_null
    compare "$mix, $packets packets: 16 rules counted, against 16 passes that count one each" "$file" $packets count count_each
    compare "$mix, $packets packets: split three ways, against three passes that write one each" "$file" $packets split write_each
done
