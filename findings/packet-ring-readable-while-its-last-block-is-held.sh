#!/usr/bin/env bash
# A TPACKET_V3 ring stays readable while the block that was handed over last is held, though nothing new is there.
#
# Version: Linux 6.18.44. The kernel that runs is the subject, so nothing is installed.
# The kernel fills the blocks of a packet socket's ring in turn, and poll() tells when one is ready (networking/packet_mmap.rst). Its example
# gives every block back before it polls, so this does not show there.
# Expected: a reader that keeps the last block for its consumers sleeps in poll() until the next one is ready.
# Seen: poll() looks at the block in front of the one being filled (net/packet/af_packet.c, packet_poll). While that block is not given back,
# poll() returns at once, again and again, and the reader spins. Once it is given back, poll() sleeps.
# A reader that holds the last block needs something else to wait for: that block's return, or the time after which the kernel hands over a block
# that is not full.
#
# Needs root for a network namespace of its own, iproute2, util-linux and python3. Exit code 0: as described; 1: changed; 2: it cannot be tried here.
set -euo pipefail

for tool in ip python3 unshare; do command -v "$tool" >/dev/null || { echo "needs $tool" >&2; exit 2; }; done
((EUID == 0)) || { echo "needs root, for a network namespace of its own" >&2; exit 2; }
echo "Linux $(uname -r)"

unshare --net python3 - <<'PY'
import mmap, select, socket, struct, subprocess, sys, time

SOL_PACKET, PACKET_RX_RING, PACKET_VERSION, TPACKET_V3 = 263, 5, 10, 2    # linux/socket.h, linux/if_packet.h
BLOCK, BLOCKS, RETIRE_MS, STATUS_AT = 16384, 8, 4, 8

subprocess.check_call("ip link add near type veth peer name far && ip link set near up && ip link set far up", shell=True)
time.sleep(2)    # The kernel's own packets for a link that came up.
near = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
near.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V3)
near.setsockopt(SOL_PACKET, PACKET_RX_RING, struct.pack("7I", BLOCK, BLOCKS, 2048, BLOCK // 2048 * BLOCKS, RETIRE_MS, 0, 0))
ring = mmap.mmap(near.fileno(), BLOCK * BLOCKS)
near.bind(("near", 0x88b5))    # Local experimental type (IEEE 802): nothing else is seen.
far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
far.bind(("far", 0))
ready = select.poll()
ready.register(near.fileno(), select.POLLIN)

def wait():
    started = time.monotonic()
    return bool(ready.poll(300)), time.monotonic() - started

def statuses():
    return [struct.unpack_from("I", ring, i * BLOCK + STATUS_AT)[0] & 1 for i in range(BLOCKS)]

assert wait()[0] is False, "an empty ring is readable"
far.send(b"\x02" * 12 + b"\x88\xb5" + b"x" * 60)
time.sleep(0.1)
assert statuses() == [1] + [0] * 7, statuses()
held = [wait() for _ in range(5)]
print("while the only block is held, poll(300 ms) said readable", sum(r for r, _ in held), "times of 5, in", round(sum(t for _, t in held) * 1000), "ms")
struct.pack_into("I", ring, STATUS_AT, 0)
back, slept = wait()
print("given back: readable", back, "after", round(slept * 1000), "ms")
if not (all(r for r, _ in held) and sum(t for _, t in held) < 0.3 and not back and slept >= 0.29):
    sys.exit("this has changed")
PY
