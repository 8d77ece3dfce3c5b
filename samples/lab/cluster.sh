#!/usr/bin/env bash
# A cluster on one machine, for docs/guides/cluster.md: three network namespaces behind a switch, and a node in each. n1 has a simulated NIC,
# n2 and n3 run the consumer for its packets.
#
#   cluster.sh up            makes it, and starts the nodes
#   cluster.sh show          what n1 sees: members, links, what is on the way
#   cluster.sh kill N        kills node N as a machine that loses its power does; cluster.sh start N starts it again
#   cluster.sh hang N        stops node N's process; cluster.sh wake N lets it go on
#   cluster.sh cut N         pulls node N's wire; cluster.sh mend N puts it in again
#   cluster.sh log N         what node N said
#   cluster.sh n1 COMMAND... runs a command on a node's machine; `pipeline` is the program of this checkout (n2, n3 alike)
#   cluster.sh down          ends the nodes, shows the books of n1, and takes everything away
#
# Needs root, bash and iproute2. It makes and removes only namespaces whose names begin with pipelab-. No interface of this machine is touched.
set -euo pipefail

switch=pipelab-switch
folder=/run/pipelab
program=${PIPELINE:-$(dirname "${BASH_SOURCE[0]}")/../../Pipeline.Host/bin/Release/net10.0/pipeline.dll}

fail() {
    echo "cluster: $1" >&2
    exit "${2:-1}"
}

exists() { [[ -e /run/netns/$1 ]]; }

is_node() { [[ ${1:-} =~ ^[123]$ ]] || fail "expected a node: 1, 2 or 3" 2; }

need() { exists $switch || fail "there is no cluster; make it with: $0 up"; }

# Addresses that are kept for documentation (RFC 5737). The namespaces have no way out.
configuration() {
    local number=$1 roles=consumer inside="" consumers='consumers { work { kind = bypass, handler = flows, on = ["role:consumer"] } }'
    if ((number == 1)); then
        roles=nic
        inside='source { sim { rate = 20000, free-running = on, queues = 2 } }, routes = [ { to = work } ], '
    fi
    echo "pipeline {
  cluster { name = n$number, roles = [$roles], listen = \"192.0.2.$number:4053\", seeds = [\"192.0.2.1:4053\", \"192.0.2.2:4053\"], security = plain }
  dashboard { address = \"127.0.0.1:8480\" }, $inside$consumers
}"
}

machine() {
    local number=$1 name=pipelab-n$1
    ip netns add "$name"
    ip -n $switch link add "port$number" type veth peer name wire0 netns "$name"
    ip -n $switch link set "port$number" master bridge0 up
    ip -n "$name" link set lo up
    ip -n "$name" addr add "192.0.2.$number/24" dev wire0
    ip -n "$name" link set wire0 up
}

start() {
    is_node "${1:-}"
    need
    [[ -e $program ]] || fail "$program is not there; build it with: dotnet build -c Release Pipeline.Host"
    if [[ -e $folder/n$1.pid ]] && kill -0 "$(<"$folder/n$1.pid")" 2>/dev/null; then fail "n$1 runs already"; fi
    configuration "$1" > "$folder/n$1.conf"
    ip netns exec "pipelab-n$1" dotnet "$program" run --config "$folder/n$1.conf" > "$folder/n$1.log" 2>&1 < /dev/null &
    echo $! > "$folder/n$1.pid"
    echo "n$1 starts"
}

up() {
    if exists $switch; then fail "the cluster is there already; take it away with: $0 down"; fi
    [[ -e $program ]] || fail "$program is not there; build it with: dotnet build -c Release Pipeline.Host"
    mkdir -p -m 700 $folder
    trap 'trap - ERR; remove' ERR
    ip netns add $switch
    ip -n $switch link add bridge0 type bridge
    ip -n $switch link set bridge0 up
    for number in 1 2 3; do machine $number; done
    for number in 1 2 3; do start $number; done
    trap - ERR
}

signal() {
    is_node "${2:-}"
    need
    kill "-$1" "$(<"$folder/n$2.pid")" || fail "n$2 does not run"
}

wire() {
    is_node "${2:-}"
    need
    ip -n $switch link set "port$2" "$1"
}

on() {
    local name=pipelab-$1
    shift
    need
    (($#)) || fail "expected a command" 2
    if [[ $1 == pipeline ]]; then
        shift
        set -- dotnet "$program" "$@"
    fi
    ip netns exec "$name" "$@"
}

# Consumers end last, so that what is on its way arrives.
end_nodes() {
    local number id
    for number in 1 2 3; do
        [[ -e $folder/n$number.pid ]] || continue
        id=$(<"$folder/n$number.pid")
        kill -CONT "$id" 2>/dev/null || continue
        kill -INT "$id" 2>/dev/null || continue
        for _ in {1..200}; do kill -0 "$id" 2>/dev/null && sleep 0.1; done
        kill -KILL "$id" 2>/dev/null || true
    done
}

remove() {
    local name
    for name in pipelab-n1 pipelab-n2 pipelab-n3 $switch; do
        if exists "$name"; then ip netns del "$name"; fi
    done
    rm -rf $folder
}

down() {
    need
    end_nodes
    tail -n 4 $folder/n1.log
    remove
    echo "the cluster is gone"
}

case ${1:-} in
    up | down) "$1" ;;
    start) start "${2:-}" ;;
    show) on n1 pipeline cluster show ;;
    kill) signal KILL "${2:-}" ;;
    hang) signal STOP "${2:-}" ;;
    wake) signal CONT "${2:-}" ;;
    cut) wire down "${2:-}" ;;
    mend) wire up "${2:-}" ;;
    log)
        is_node "${2:-}"
        need
        cat "$folder/n$2.log"
        ;;
    n1 | n2 | n3) on "$@" ;;
    *) fail "expected: up, show, kill N, start N, hang N, wake N, cut N, mend N, log N, n1 COMMAND, down" 2 ;;
esac
