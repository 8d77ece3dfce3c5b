#!/usr/bin/env bash
# Installs what the tests need (as root), builds once and runs every test project.
# The last line is "N passed, N failed, N skipped". Exit code: 0 all passed, 1 otherwise (also when a test run crashed or nothing ran).
# Further arguments go to "dotnet test", such as --filter FullyQualifiedName~Headers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

# Debug, because there the page pools tell who holds what and fail on double returns.
configuration=Debug
results=TestResults

# "package program-or-library" for each thing the tests start or load.
needed=("libpcap0.8 libpcap.so.0.8" "tcpdump tcpdump" "tshark tshark" "tshark capinfos" "iproute2 tc" "ethtool ethtool" "nftables nft" "perl-base perl" "openssl openssl" "chromium chromium" "gzip gzip" "zstd zstd"
    "lz4 lz4")

is_there() {
    case $1 in
        *.so.*) ldconfig -p 2>/dev/null | grep -qF "$1" || compgen -G "/usr/lib/*/$1" >/dev/null ;;
        *) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ;;
    esac
}

missing_packages() {
    local entry
    for entry in "${needed[@]}"; do
        is_there "${entry#* }" || echo "${entry% *}"
    done | sort -u
}

# Debian has promtool in the package of a server, which is not to run here.
install_promtool() {
    local folder
    is_there promtool && return 0
    folder=$(mktemp -d)
    if (cd "$folder" && apt-get download -qq prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool) >/dev/null 2>&1; then
        install -m 755 "$folder/usr/bin/promtool" /usr/local/bin/promtool
    else
        echo "Unpacking promtool failed. Tests that need it are skipped." >&2
    fi
    rm -rf "$folder"
}

install_missing() {
    local missing
    mapfile -t missing < <(missing_packages)
    if ((!${#missing[@]})) && is_there promtool; then return 0; fi
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        echo "Missing: ${missing[*]:-promtool}. Tests that need them are skipped; install them, or run this as root where apt-get is." >&2
        return 0
    fi
    echo "Installing ${missing[*]:-promtool}"
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null; then
        echo "Installing ${missing[*]} failed. Tests that need them are skipped." >&2
    fi
    install_promtool
}

# Projects that keep the processors busy run beside those that mostly wait, and make way for them.
declare -A beside=([Pipeline.Cluster.Tests]=Pipeline.Samples.Tests [Pipeline.Linux.Tests]=Pipeline.Nic.Tests)

run_project() { # NAME ARGUMENT...
    local name=$1 log=$results/$1.log
    # A test that hangs ends its run by name. Long tests are silent for longer.
    local patience=(--blame-hang --blame-hang-timeout 4m --blame-hang-dump-type none)
    [[ -z ${PIPELINE_LONG_TESTS:-} ]] || patience=()
    if dotnet test "tests/$name/$name.csproj" --no-build -c "$configuration" --results-directory "$results" "${patience[@]}" \
        --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" "${@:2}" </dev/null >"$log" 2>&1; then
        echo "== $name: $(tail -n 1 "$log")"
    else
        echo "== $name"
        cat "$log"
        touch "$log.failed"
    fi
}

run_tests() {
    local project name
    for project in tests/*.Tests/*.csproj; do
        name=$(basename "$project" .csproj)
        [[ " ${beside[*]} " != *" $name "* ]] || continue
        if [[ -n ${beside[$name]:-} ]]; then
            (renice -n 10 $BASHPID >/dev/null && run_project "${beside[$name]}" "$@") &
        fi
        run_project "$name" "$@"
        wait
    done
}

# Adds an attribute of the <Counters> elements up over all results.
count() {
    cat "$results"/*.trx 2>/dev/null | { grep -o '<Counters [^>]*>' || true; } | { grep -o " $1=\"[0-9]*\"" || true; } |
        tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'
}

slowest() {
    echo "Slowest tests:"
    cat "$results"/*.trx 2>/dev/null | { grep -o '<UnitTestResult [^>]*>' || true; } |
        sed -n 's/.* testName="\([^"]*\)".* duration="00:\([0-9:.]*\)".*/  \2 \1/p' | sort -r | sed -n 1,5p
}

started=$SECONDS
install_missing
installed=$SECONDS
dotnet build Pipeline.sln -c "$configuration" -v quiet
built=$SECONDS
rm -rf "$results"
mkdir -p "$results"
run_tests "$@"
slowest
echo "Took $((installed - started)) s to install, $((built - installed)) s to build, $((SECONDS - built)) s to test."

passed=$(count passed) failed=$(count failed) total=$(count total)
skipped=$((total - passed - failed))
mapfile -t failed_runs < <(compgen -G "$results/*.failed" || true)
if ((${#failed_runs[@]})); then
    echo "Failed: $(basename -as .log.failed "${failed_runs[@]}" | tr '\n' ' ')" >&2
    # A run that crashed names no failed test; it must not read as a success.
    ((failed)) || failed=${#failed_runs[@]}
fi
if ((total == 0)); then echo "No test ran." >&2; fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && total > 0))
