#!/usr/bin/env bash
# A packet that ingress shaping sends through an ifb passes the interface's generic XDP program twice, and its native one once.
#
# Version: Linux 6.18.44. The kernel that runs is the subject, so nothing is installed.
# Shaping what comes in is done by an ifb: a filter at ingress redirects every packet to it (tc-mirred(8)), and after its queue the packet is
# received again. XDP is described as the first thing that happens to a packet that comes in (bpf(2), Documentation/networking/af_xdp.rst).
# Expected: the program of the interface sees each packet once, before the filter at ingress, wherever the program runs.
# Seen: in generic mode it runs again when the packet comes back from the ifb (net/core/dev.c, __netif_receive_skb_core). Counters of the
# program are twice what came in, and what it writes into a packet it writes twice. In native mode it runs once.
#
# The program adds one to the first byte of a UDP payload. Ten packets are sent to a socket, with and without the ifb.
#
# Needs root for a network namespace of its own, iproute2, util-linux and python3, x86-64 or arm64. Exit code 0: as described; 1: changed; 2: it
# cannot be tried here.
set -euo pipefail

for tool in ip tc python3 unshare; do command -v "$tool" >/dev/null || { echo "needs $tool" >&2; exit 2; }; done
((EUID == 0)) || { echo "needs root, for a network namespace of its own" >&2; exit 2; }
echo "Linux $(uname -r)"

unshare --net python3 - <<'PY'
import ctypes, os, platform, socket, struct, subprocess, sys

PROG_LOAD, LINK_CREATE, TYPE_XDP, ATTACH_XDP, GENERIC, NATIVE = 5, 28, 6, 37, 2, 4    # linux/bpf.h, linux/if_link.h
CALL = {"x86_64": 321, "aarch64": 280}.get(platform.machine())
SO_NO_CHECK, PAYLOAD, PACKETS = 11, 42, 10
libc = ctypes.CDLL(None, use_errno=True)

def sh(*commands):
    for command in commands:
        if subprocess.run(command, shell=True, stderr=subprocess.DEVNULL).returncode:
            print("cannot run:", command)
            sys.exit(2)

def bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, 128)
    descriptor = libc.syscall(CALL, command, buffer, 128)
    if descriptor < 0:
        print("bpf:", os.strerror(ctypes.get_errno()))
        sys.exit(2)
    return descriptor

def op(code, to=0, source=0, offset=0, value=0):
    return struct.pack("<BBhi", code, to | source << 4, offset, value)

program = b"".join([
    op(0x61, 2, 1, 0), op(0x61, 3, 1, 4),                       # r2 = data, r3 = data_end
    op(0xbf, 4, 2), op(0x07, 4, value=PAYLOAD + 1),             # r4 = r2 + 43
    op(0x2d, 4, 3, 3),                                          # if r4 > r3 skip 3
    op(0x71, 5, 2, PAYLOAD), op(0x07, 5, value=1), op(0x73, 2, 5, PAYLOAD),
    op(0xb7, 0, value=2), op(0x95)])                            # return XDP_PASS
code, terms = ctypes.create_string_buffer(program), ctypes.create_string_buffer(b"GPL")
loaded = bpf(PROG_LOAD, struct.pack("<IIQQ", TYPE_XDP, len(program) // 8, ctypes.addressof(code), ctypes.addressof(terms)))

sh("ip link add near type veth peer name far", "ip link add shaper type ifb")
sh("ip link set near address 02:00:00:00:00:01", "ip address add 198.18.0.1/24 dev near", "ip link set near up", "ip link set far up", "ip link set shaper up", "ip link set lo up")

def first_bytes(mode):
    """Sends from the far end as any host would, and tells what the socket gets."""
    link = bpf(LINK_CREATE, struct.pack("<IIII", loaded, socket.if_nametoindex("near"), ATTACH_XDP, mode))
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("198.18.0.1", 9000))
    receiver.settimeout(3)
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind(("far", 0))
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 29, 0, 0, 64, 17, 0, socket.inet_aton("198.18.0.2"), socket.inet_aton("198.18.0.1"))
    total = sum(struct.unpack("!10H", ip))
    total = (total & 0xffff) + (total >> 16)
    ip = ip[:10] + struct.pack("!H", ~((total & 0xffff) + (total >> 16)) & 0xffff) + ip[12:]
    for _ in range(PACKETS):
        sender.send(bytes.fromhex("020000000001020000000002") + b"\x08\x00" + ip + struct.pack("!HHHH", 9001, 9000, 9, 0) + b"\x00" + bytes(17))
    try:
        return sorted({receiver.recv(100)[0] for _ in range(PACKETS)})
    finally:
        receiver.close()
        os.close(link)

plain = first_bytes(GENERIC), first_bytes(NATIVE)
sh("tc qdisc add dev near ingress", "tc filter add dev near ingress protocol all u32 match u32 0 0 action mirred egress redirect dev shaper")
behind = first_bytes(GENERIC), first_bytes(NATIVE)
print("times that the program ran: generic", plain[0], "native", plain[1], "and with an ifb: generic", behind[0], "native", behind[1])
sys.exit(0 if (plain, behind) == (([1], [1]), ([2], [1])) else 1)
PY
