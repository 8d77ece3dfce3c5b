#!/usr/bin/env bash
# tshark, capinfos and editcap read only the first frame of a capture compressed with zstd or lz4, and take what follows for damage.
#
# Version: Wireshark 4.0.17 (Debian 12's wireshark-common 4.0.17-0+deb12u3), gzip 1.12, zstd 1.5.4 and lz4 1.9.4 beside it.
# Frames that follow each other are one file: its contents are those of the frames, joined (RFC 8878, section 3.1; lz4_Frame_format.md, "Frame
# Concatenation"). Writers that end a frame after each piece, and `cat a.zst b.zst`, make such files, and `zstd -d` and `lz4 -d` decompress them.
# With gzip's members it is the same (RFC 1952, section 2.2).
# Expected: a capture in several frames is read like one in a single frame, as a capture in several gzip members is.
# Seen: with several gzip members every packet is there. With several zstd or lz4 frames tshark says after the first one that the file "appears to be
# damaged or corrupt", capinfos and editcap stop there too, and the packets of all further frames are missing.
# A writer of compressed captures has to keep to one zstd frame.
#
# Needs Debian 12 on amd64 with apt and python3. Packages are unpacked in a temporary folder; nothing is installed. Those named below are pinned;
# the libraries that they need besides are of the day. Exit code 0: as described; 1: changed; 2: the packages cannot be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

pinned=(wireshark-common=4.0.17-0+deb12u3 tshark=4.0.17-0+deb12u3 libwireshark16=4.0.17-0+deb12u3 libwiretap13=4.0.17-0+deb12u3
    libwsutil14=4.0.17-0+deb12u3 gzip=1.12-1 zstd=1.5.4+dfsg2-5 lz4=1.9.4-1)
libraries() {
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances libwireshark16 libwiretap13 libwsutil14 |
        grep '^lib' | grep -v -e '^libc6$' -e '^libwireshark16$' -e '^libwiretap13$' -e '^libwsutil14$' -e '^libwireshark-data$' | sort -u
}
mapfile -t rest < <(libraries)
apt-get download -qq "${pinned[@]}" "${rest[@]}" || { echo "the packages cannot be had: ${pinned[*]}" >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" root; done
export PATH=$folder/root/usr/bin:$folder/root/bin:$PATH
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu

python3 - <<'PY'
import random, struct
random.seed(1)
records = b''
for i in range(3000):
    frame = bytes.fromhex('020000000002020000000001') + b'\x88\xb5' + bytes(random.randrange(256) for _ in range(286))
    records += struct.pack('<IIII', 1700000000 + i, 0, len(frame), len(frame)) + frame
capture = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1) + records
open('whole.pcap', 'wb').write(capture)
for i in range(4):
    open(f'part{i}', 'wb').write(capture[len(capture) * i // 4:len(capture) * (i + 1) // 4])
PY

tshark --version 2>/dev/null | head -n 1
changed=0
told() { echo "$1: $2"; [[ $2 == "$3" ]] || { echo "  CHANGED: $2, and not $3"; changed=1; }; }
packets() { tshark -r "$1" -T fields -e frame.number 2>errors | wc -l; }
all() { if (($(packets "$1") == 3000)) && ! grep -q damaged errors; then echo "all packets"; elif grep -q damaged errors; then echo "damaged"; else echo "something else"; fi; }

for program in gzip zstd lz4; do
    $program -q -c whole.pcap >"one.$program"
    for i in 0 1 2 3; do $program -q -c "part$i"; done >"four.$program"
    $program -q -d -c <"four.$program" | cmp - whole.pcap || { echo "$program itself does not decompress the four" >&2; exit 2; }
    if [[ $program == gzip ]]; then expected="all packets"; else expected="damaged"; fi
    told "$program, one, tshark" "$(all "one.$program")" "all packets"
    told "$program, four joined, tshark" "$(all "four.$program")" "$expected"
    told "$program, four joined, capinfos" "$(capinfos -c -M "four.$program" >log 2>&1 && echo "all packets" || echo damaged)" "$expected"
done
((changed == 0)) || exit 1
echo "As described."
