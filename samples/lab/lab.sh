#!/usr/bin/env bash
# A lab for docs/guides/lab.md: two network namespaces of this machine, and a wire between them.
#
#   lab.sh up                  makes it
#   lab.sh here COMMAND...     runs a command on the side where packets are taken; `pipeline` is the program of this checkout
#   lab.sh there COMMAND...    runs a command on the other side
#   lab.sh send PORT [COUNT]   sends UDP packets from there to here, 1 if COUNT is left out
#   lab.sh knock PORT          sends one, and says whether the kernel here has answered that nobody listens
#   lab.sh down                takes it away, and ends what still runs in it
#
# Needs root, bash and iproute2. It makes and removes only what the four names below name. No interface of this machine is touched.
set -euo pipefail

here=pipelab-here there=pipelab-there near=pipelab0 far=pipelab1

# Addresses that are kept for documentation (RFC 5737, RFC 3849). The namespaces have no way out, so they meet nothing.
address=192.0.2.1 other=192.0.2.2

# The program as the checkout has built it. A test names another.
program=${PIPELINE:-$(dirname "${BASH_SOURCE[0]}")/../../Pipeline.Host/bin/Release/net10.0/pipeline.dll}

fail() {
    echo "lab: $1" >&2
    exit "${2:-1}"
}

exists() { [[ -e /run/netns/$1 ]]; }

need_lab() { exists $here && exists $there || fail "there is no lab; make it with: $0 up"; }

configure() {
    local name=$1 netdev=$2 v4=$3 v6=$4
    ip -n "$name" link set lo up
    # Addresses are there at once, in place of after a second in which the kernel looks for others that have them.
    ip -n "$name" addr add "$v4/24" dev "$netdev"
    ip -n "$name" addr add "$v6/64" dev "$netdev" nodad
    ip -n "$name" link set "$netdev" up
}

up() {
    if exists $here || exists $there; then fail "the lab is there already; take it away with: $0 down"; fi
    trap 'trap - ERR; down' ERR
    ip netns add $here
    ip netns add $there
    ip -n $here link add $near type veth peer name $far netns $there
    configure $here $near $address 2001:db8::1
    configure $there $far $other 2001:db8::2
    # The side where packets are taken must wait until the kernel gives the other a queue.
    until [[ $(ip -n $there -br link show $far) == *" UP "* ]]; do sleep 0.05; done
    trap - ERR
    echo "here:  namespace $here, interface $near, $address, 2001:db8::1"
    echo "there: namespace $there, interface $far, $other, 2001:db8::2"
}

# What still runs in a namespace would keep it alive without its name.
end_all_in() {
    local ids
    ids=$(ip netns pids "$1")
    [[ -z $ids ]] || kill $ids 2>/dev/null || true
    for _ in {1..100}; do
        [[ -n $(ip netns pids "$1") ]] || return 0
        sleep 0.1
    done
    ids=$(ip netns pids "$1")
    [[ -z $ids ]] || kill -KILL $ids 2>/dev/null || true
}

down() {
    local name
    for name in $here $there; do
        exists $name || continue
        end_all_in $name
        # The pair would go with its namespace too, but some time later.
        ip -n $name link del $near 2>/dev/null || true
        ip netns del $name
    done
    echo "the lab is gone"
}

within() {
    local name=$1
    shift
    need_lab
    (($#)) || fail "expected a command" 2
    if [[ $1 == pipeline ]]; then
        [[ -e $program ]] || fail "$program is not there; build it with: dotnet build -c Release Pipeline.Host"
        shift
        set -- dotnet "$program" "$@"
    fi
    exec ip netns exec "$name" "$@"
}

is_port() { [[ $1 =~ ^[0-9]{1,5}$ ]] && ((10#$1 >= 1 && 10#$1 <= 65535)); }

# bash opens UDP itself. A packet is one write; the source port is one of the kernel's choice.
send() {
    local port=${1:-} count=${2:-1}
    is_port "$port" && [[ $count =~ ^[0-9]{1,7}$ ]] || fail "expected: send PORT [COUNT], a port from 1 to 65535" 2
    need_lab
    ip netns exec $there bash -c '
        exec 3>"/dev/udp/$1/$2"
        # The kernel there refuses a write after the kernel here has said that nobody listens. The next one goes out.
        for ((i = 1; i <= $3; i++)); do { echo "packet $i" >&3 || echo "packet $i" >&3; } 2>/dev/null; done' bash $address "$port" "$count"
    echo "sent $count to port $port"
}

knock() {
    local port=${1:-}
    is_port "$port" || fail "expected: knock PORT, from 1 to 65535" 2
    need_lab
    # Reading gives the ICMP error that has come back, or else waits in vain.
    if ip netns exec $there bash -c '
        exec 3<>"/dev/udp/$1/$2"
        echo knock >&3
        ! { read -rt 1 -u 3 || (($? > 128)); } 2>/dev/null' bash $address "$port"; then
        echo "port $port: the kernel here has answered that nobody listens"
    else
        echo "port $port: no answer; the kernel here has not seen the packet"
    fi
}

(($#)) || { sed -n '2,/^$/s/^# \?//p' "${BASH_SOURCE[0]}"; exit 2; }
((EUID == 0)) || fail "needs root, for network namespaces; run it with sudo"
command -v ip >/dev/null || fail "needs ip, of the package iproute2"
verb=$1
shift
case $verb in
    up | down) "$verb" ;;
    here) within $here "$@" ;;
    there) within $there "$@" ;;
    send | knock) "$verb" "$@" ;;
    *) fail "expected up, here, there, send, knock or down, not '$verb'" 2 ;;
esac
