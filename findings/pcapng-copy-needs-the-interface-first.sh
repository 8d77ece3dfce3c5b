#!/usr/bin/env bash
# editcap and mergecap cannot copy a pcapng capture in which anything is described before the first interface.
#
# Version: Wireshark 4.0.17 (Debian 12's wireshark-common 4.0.17-0+deb12u3), tcpdump 4.99.3 beside it.
# A pcapng section may hold its blocks in any order, as long as an interface is described before the packets that refer to it
# (draft-ietf-opsawg-pcapng, section 3.2). TLS secrets even belong in front of the packets they decrypt, so a writer may well put them first.
# Expected: a capture that capinfos and tcpdump read can be copied.
# Seen: with a block of secrets, of names, or a custom block in front of the interface, capinfos and tcpdump read the packet, but editcap and
# mergecap say that the file "can't be written as a "pcapng" file" and exit with 2. With the same block behind the interface they copy it.
#
# Needs Debian 12 on amd64 with apt and python3. Packages are unpacked in a temporary folder; nothing is installed. Those named below are pinned;
# the libraries that they need besides are of the day. Exit code 0: as described; 1: changed; 2: the packages cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

pinned=(wireshark-common=4.0.17-0+deb12u3 libwiretap13=4.0.17-0+deb12u3 libwsutil14=4.0.17-0+deb12u3 tcpdump=4.99.3-1 libpcap0.8=1.10.3-1)
libraries() {
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances libwiretap13 libwsutil14 libpcap0.8 libssl3 |
        grep '^lib' | grep -v -e '^libc6$' -e '^libwiretap13$' -e '^libwsutil14$' -e '^libpcap0.8$' -e '^libwireshark-data$' | sort -u
}
mapfile -t rest < <(libraries)
apt-get download -qq "${pinned[@]}" "${rest[@]}" || { echo "the packages cannot be had: ${pinned[*]}" >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" root; done
export PATH=$folder/root/usr/bin:$folder/root/usr/sbin:$PATH
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu

python3 - <<'PY'
import struct
def block(kind, body):
    size = 12 + len(body)
    return struct.pack('<II', kind, size) + body + struct.pack('<I', size)
section = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
interface = block(1, struct.pack('<HHI', 1, 0, 262144))
line = b'CLIENT_RANDOM ' + b'5' * 64 + b' ' + b'a' * 96 + b'\n'
secrets = block(10, struct.pack('<II', 0x544c534b, len(line)) + line + bytes(-len(line) % 4))
name = bytes([192, 0, 2, 1]) + b'host.example\0'
names = block(4, struct.pack('<HH', 1, len(name)) + name + bytes(-len(name) % 4) + bytes(4))
custom = block(0xbad, struct.pack('<I', 32473) + b'of nobody\0\0\0')
frame = bytes.fromhex('020000000002020000000001') + b'\x88\xb5' + b'D' * 46
packet = block(6, struct.pack('<IIIII', 0, 0, 1000, len(frame), len(frame)) + frame)
for kind, extra in (('secrets', secrets), ('names', names), ('custom', custom)):
    open(f'{kind}-first.pcapng', 'wb').write(section + extra + interface + packet)
    open(f'{kind}-second.pcapng', 'wb').write(section + interface + extra + packet)
PY

editcap --version | head -n 1
changed=0
told() { echo "$1: $2"; [[ $2 == "$3" ]] || { echo "  CHANGED: $2, and not $3"; changed=1; }; }
copied() { if "$@" >log 2>&1; then echo yes; else echo "no, $?: $(grep -o "can't be written" log | head -n 1)"; fi; }

for kind in secrets names custom; do
    for place in first second; do
        file=$kind-$place.pcapng
        if [[ $place == first ]]; then expected="no, 2: can't be written"; else expected=yes; fi
        told "$file: read by tcpdump" "$(tcpdump -r "$file" --count 2>/dev/null)" "1 packet"
        told "$file: opened by capinfos" "$(capinfos -t "$file" >/dev/null 2>&1 && echo yes || echo no)" yes
        told "$file: copied by editcap" "$(copied editcap "$file" copy.pcapng)" "$expected"
        told "$file: copied by mergecap" "$(copied mergecap -w merged.pcapng "$file")" "$expected"
    done
done
((changed == 0)) || exit 1
echo "As described."
