#!/usr/bin/env bash
# Makes an authority and a certificate for each node, for a lab. Where somebody depends on it, use the authority that you have.
#
#   lab-ca.sh FOLDER NODE...       lab-ca.sh certificates n1 n2 n3
#
# It writes ca.pem and ca.key once, and NODE.pem and NODE.key for each node that has none, valid for a year. A node needs ca.pem and its own
# two files; ca.key stays here. Needs openssl.
set -euo pipefail

[[ $# -ge 2 ]] || { echo "usage: lab-ca.sh FOLDER NODE..." >&2; exit 64; }
folder=$1
shift
mkdir -p "$folder"
cd "$folder"
umask 077
if [[ ! -e ca.key ]]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 -subj "/CN=lab of pipeline" 2>/dev/null
fi
for node in "$@"; do
    [[ ! -e $node.pem ]] || continue
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$node.key" -out "$node.csr" -subj "/CN=$node" 2>/dev/null
    openssl x509 -req -in "$node.csr" -CA ca.pem -CAkey ca.key -out "$node.pem" -days 365 \
        -extfile <(printf 'basicConstraints = CA:FALSE\nkeyUsage = digitalSignature\nextendedKeyUsage = serverAuth, clientAuth\n') 2>/dev/null
    rm "$node.csr"
    echo "$folder/$node.pem"
done
chmod 644 -- *.pem
