#!/usr/bin/env bash
# Whether a veth without a carrier is "down" or "lowerlayerdown" depends on an interface that has nothing to do with it.
#
# Version: Linux 6.18.44. The kernel that runs is the subject, so nothing is installed.
# /sys/class/net/IF/operstate and `ip link` say "lowerlayerdown" for an interface that has no carrier because the one below it has none
# (networking/operstates.rst). For a veth the one below is its other end.
# Expected: when the other end goes down, "lowerlayerdown", or at least the same word every time.
# Seen: the other end lies in another network namespace, and the kernel looks for its number in this one (net/core/link_watch.c,
# default_operstate: __dev_get_by_index(dev_net(dev), iflink)). Numbers repeat across namespaces, so it finds nobody or somebody else. The
# veth is "lowerlayerdown" if that interface has no carrier, "down" otherwise.
# A program that waits for one of the two words waits in vain. What tells is the carrier (IFLA_CARRIER, /sys/class/net/IF/carrier).
#
# Needs root for network namespaces of its own, and iproute2. Exit code 0: as described; 1: changed; 2: it cannot be tried here.
set -euo pipefail

command -v ip >/dev/null || { echo "needs ip" >&2; exit 2; }
((EUID == 0)) || { echo "needs root, for network namespaces of its own" >&2; exit 2; }
echo "Linux $(uname -r)"

a=finding$$a b=finding$$b number=50
trap 'ip netns del $a; ip netns del $b' EXIT
ip netns add $a
ip netns add $b
# The number of a peer counts only if the other end is given one too (drivers/net/veth.c, veth_newlink).
ip -n $a link add near index 40 type veth peer name far index $number netns $b
ip -n $a link set near up

# The kernel tells of a change of the link up to a second later.
becomes() {
    local state
    for _ in {1..50}; do
        state=$(ip netns exec $a cat /sys/class/net/near/operstate)
        [[ $state == "$1" ]] && break
        sleep 0.1
    done
    echo "$2: $state"
    [[ $state == "$1" ]] || { echo "this has changed" >&2; exit 1; }
}

both_up() {
    ip -n $b link set far up
    becomes up "both ends up"
}

both_up
ip -n $b link set far down
becomes down "other end down, no interface here has its number"

both_up
ip -n $a link add stranger index $number type veth peer name strangers-peer
ip -n $b link set far down
becomes lowerlayerdown "other end down, an unrelated interface here has its number and no carrier"

both_up
ip -n $a link set stranger up
ip -n $a link set strangers-peer up
sleep 2
ip -n $b link set far down
becomes down "other end down, that interface has a carrier"
