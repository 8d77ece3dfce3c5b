#!/usr/bin/env bash
# An interface that moves to another network namespace keeps its XDP program, and every AF_XDP socket on it dies: what the program redirects
# is lost, also after the interface has come back with the same number.
#
# Version: Linux 6.18.44. The kernel that runs is the subject, so nothing is installed.
# A program attached through a BPF link belongs to the interface, and a bound AF_XDP socket to a queue of it (networking/af_xdp.rst). The
# interface's number is what both were given.
# Expected: both go, or both stay; whoever finds the same number, the same name and the program attached can go on.
# Seen: the program stays attached through the move and back, and the map still holds the socket. But the socket is unbound when the interface
# leaves (net/xdp/xsk.c, xsk_notifier). That is told once, as its pending error (SO_ERROR, ENETDOWN), and poll() does not report it. Packets
# that the program redirects to it afterwards reach neither the socket nor the normal stack.
#
# Needs root for network namespaces of its own, iproute2, util-linux and python3, x86-64 or arm64. Exit code 0: as described; 1: changed; 2: it
# cannot be tried here.
set -euo pipefail

for tool in ip python3 unshare; do command -v "$tool" >/dev/null || { echo "needs $tool" >&2; exit 2; }; done
((EUID == 0)) || { echo "needs root, for network namespaces of its own" >&2; exit 2; }
echo "Linux $(uname -r)"

unshare --net python3 - <<'PY'
import ctypes, errno, mmap, os, platform, select, socket, struct, subprocess, sys, time

MAP_CREATE, MAP_UPDATE, PROG_LOAD, LINK_CREATE, XSKMAP, TYPE_XDP, ATTACH_XDP, GENERIC = 0, 2, 5, 28, 17, 6, 37, 2    # linux/bpf.h
SOL_XDP, RX_RING, UMEM_REG, FILL_RING, COMPLETION_RING, OFFSETS = 283, 2, 4, 5, 6, 1                                 # linux/if_xdp.h
FILL_AT, COPY, ENTRIES, CHUNK = 0x100000000, 1 << 1, 64, 4096
CALL = {"x86_64": 321, "aarch64": 280}.get(platform.machine())
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]

def sh(*commands):
    for command in commands:
        if subprocess.run(command, shell=True).returncode:
            sys.exit(2)

def checked(result, what):
    if result < 0:
        print(what + ":", os.strerror(ctypes.get_errno()))
        sys.exit(2)
    return result

def bpf(command, attributes):
    return checked(libc.syscall(CALL, command, ctypes.create_string_buffer(attributes, 128), 128), "bpf")

def op(code, to=0, source=0, offset=0, value=0):
    return struct.pack("<BBhi", code, to | source << 4, offset, value)

def option(fd, name, value):
    checked(libc.setsockopt(fd, SOL_XDP, name, value, len(value)), "setsockopt")

def error_of(fd):
    value, size = ctypes.c_int(), ctypes.c_uint(4)
    checked(libc.getsockopt(fd, socket.SOL_SOCKET, socket.SO_ERROR, ctypes.byref(value), ctypes.byref(size)), "getsockopt")
    return value.value

for scope in "all", "default": open(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6", "w").write("1")
sh("ip link add near type veth peer name far", "ip link set near address 02:00:00:00:00:01", "ip link set near up", "ip link set far up")
number = socket.if_nametoindex("near")

# The least that receives: memory, a fill ring with pages, a ring for what comes.
xsk = checked(libc.socket(44, socket.SOCK_RAW, 0), "AF_XDP")
memory = mmap.mmap(-1, ENTRIES * CHUNK)
at = ctypes.addressof(ctypes.c_char.from_buffer(memory))
option(xsk, UMEM_REG, struct.pack("<QQIIII", at, ENTRIES * CHUNK, CHUNK, 0, 0, 0))
for ring in (FILL_RING, COMPLETION_RING, RX_RING): option(xsk, ring, struct.pack("<I", ENTRIES))
offsets, size = ctypes.create_string_buffer(128), ctypes.c_uint(128)
checked(libc.getsockopt(xsk, SOL_XDP, OFFSETS, offsets, ctypes.byref(size)), "getsockopt")
fields = struct.unpack("<16Q", offsets.raw)              # rx, tx, fill, completion: producer, consumer, descriptors, flags
rx, fill = fields[0:4], fields[8:12]
map_ring = lambda entry, ring, where: checked(libc.mmap(None, ring[2] + ENTRIES * entry, 3, 1, xsk, where) or -1, "mmap")
fill_memory, rx_memory = map_ring(8, fill, FILL_AT), map_ring(16, rx, 0)
for i in range(ENTRIES): ctypes.c_uint64.from_address(fill_memory + fill[2] + 8 * i).value = i * CHUNK
ctypes.c_uint32.from_address(fill_memory + fill[0]).value = ENTRIES
address = struct.pack("<HHIII", 44, COPY, number, 0, 0)
checked(libc.bind(xsk, address, len(address)), "bind")

sockets = bpf(MAP_CREATE, struct.pack("<IIII", XSKMAP, 4, 4, 1))
key, value = ctypes.c_uint32(0), ctypes.c_uint32(xsk)
bpf(MAP_UPDATE, struct.pack("<IxxxxQQQ", sockets, ctypes.addressof(key), ctypes.addressof(value), 0))
program = op(0x18, 1, 1, value=sockets) + op(0) + op(0xb7, 2, value=0) + op(0xb7, 3, value=2) + op(0x85, value=51) + op(0x95)
code, terms = ctypes.create_string_buffer(program), ctypes.create_string_buffer(b"GPL")
loaded = bpf(PROG_LOAD, struct.pack("<IIQQ", TYPE_XDP, len(program) // 8, ctypes.addressof(code), ctypes.addressof(terms)))
link = bpf(LINK_CREATE, struct.pack("<IIII", loaded, number, ATTACH_XDP, GENERIC))

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("far", 0))
stack = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
stack.settimeout(0.5)

def received():
    """What the socket's ring has, and what the normal stack saw, of five packets."""
    before = ctypes.c_uint32.from_address(rx_memory + rx[0]).value
    for _ in range(5): sender.send(bytes.fromhex("02000000000102000000000288b5") + bytes(46))
    time.sleep(0.3)
    seen = 0
    try:
        while True:
            seen += stack.recvfrom(100)[1][0] == "near"
    except TimeoutError:
        pass
    return ctypes.c_uint32.from_address(rx_memory + rx[0]).value - before, seen

first = received()
elsewhere = subprocess.Popen(["unshare", "--net", "sleep", "60"])
time.sleep(0.5)
sh(f"ip link set near netns {elsewhere.pid}", f"nsenter --net=/proc/{elsewhere.pid}/ns/net ip link set near netns {os.getpid()}", "ip link set near up")
elsewhere.terminate()
time.sleep(2)
same = socket.if_nametoindex("near") == number
attached = "prog/xdp" in subprocess.run(["ip", "-d", "link", "show", "near"], capture_output=True, text=True).stdout
poller = select.poll()
poller.register(xsk, select.POLLIN)
tells = bool(poller.poll(0))
second, errors = received(), (error_of(xsk), error_of(xsk))
print("received and seen by the stack, before:", first, "after:", second, "same number:", same, "program attached:", attached,
      "poll tells:", tells, "pending errors:", [errno.errorcode.get(e, e) for e in errors])
sys.exit(0 if (first, second, same, attached, tells, errors) == ((5, 0), (0, 0), True, True, False, (errno.ENETDOWN, 0)) else 1)
PY
