#!/usr/bin/env bash
# A copy that tcpdump or editcap makes of a big-endian capture of BSD loopback is one in which tcpdump's own filters find nothing.
#
# Version: tcpdump 4.99.3 with libpcap 1.10.3, editcap of Wireshark 4.0.17 (Debian 12).
# Packets of link types 0 (LINKTYPE_NULL) and 109 (LINKTYPE_ENC) begin with an address family in the byte order of the machine that captured
# (tcpdump.org/linktypes.html). A copy on a little-endian machine is a little-endian file. usbmon and NFLOG headers, which are in host order too,
# are turned by both programs as they copy; and link type 108 is in network order, so nothing has to be turned.
# Expected: a filter that matches in the capture matches in its copy.
# Seen: the family is copied as it is. "ip" matches the packet in the capture and not in the copy, though tcpdump still prints the packet as IP,
# because printing guesses the byte order and filters do not.
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
ip = bytes.fromhex('4500001c00010000401100007f0000017f000001') + struct.pack('>HHHH', 5353, 53, 8, 0)
headers = {0: struct.pack('>I', 2), 108: struct.pack('>I', 2), 109: struct.pack('>III', 2, 7, 0)}
for link, header in headers.items():
    packet = header + ip
    with open(f'{link}.pcap', 'wb') as file:
        file.write(struct.pack('>IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, link) + struct.pack('>IIII', 1700000000, 0, len(packet), len(packet)) + packet)
PY

tcpdump --version 2>&1 | head -n 2
count() { tcpdump -nr "$1" --count ip 2>/dev/null; }
changed=0
told() { echo "link type $1, $2: ip matches $3"; [[ $3 == "$4" ]] || { echo "  CHANGED: it was $4"; changed=1; }; }
for link in 0 108 109; do
    tcpdump -r "$link.pcap" -w "$link.tcpdump" 2>/dev/null
    editcap -F pcap "$link.pcap" "$link.editcap"
    if ((link == 108)); then expected="1 packet"; else expected="0 packets"; fi
    told $link "the capture" "$(count "$link.pcap")" "1 packet"
    told $link "tcpdump's copy" "$(count "$link.tcpdump")" "$expected"
    told $link "editcap's copy" "$(count "$link.editcap")" "$expected"
done
printed=$(tcpdump -nr 0.tcpdump 2>/dev/null | grep -c '127.0.0.1.5353 > 127.0.0.1.53' || true)
echo "tcpdump prints the packet of link type 0 in its copy as UDP: $printed"
[[ $printed == 1 ]] || changed=1
((changed == 0)) || exit 1
echo "As described."
