# What the scripts share: where the project is, how they speak, how they run a step.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
VENV="$ROOT/.venv"
LOG="$ROOT/.artifacts/setup.log"
cd "$ROOT"

say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# The process that `quietly` is waiting for; Ctrl-C must not leave it behind.
RUNNING=""
stop_running() { [ -z "$RUNNING" ] || kill "$RUNNING" 2>/dev/null || true; }
trap stop_running EXIT
trap 'exit 130' INT TERM

# quietly NAME COMMAND...: run with the output in the log; every ten seconds say it is still going.
quietly() {
    local name="$1" begun=$SECONDS told=$SECONDS
    shift
    say "$name ..."
    mkdir -p "$(dirname "$LOG")"
    printf '== %s: %s\n' "$name" "$*" >>"$LOG"
    "$@" >>"$LOG" 2>&1 &
    RUNNING=$!
    while kill -0 "$RUNNING" 2>/dev/null; do
        sleep 0.1
        if [ $((SECONDS - told)) -ge 10 ]; then
            told=$SECONDS
            say "$name ... $(tail -n 1 "$LOG" | grep -v '^== ' | tr -d '\r' | cut -c 1-60)"
        fi
    done
    if wait "$RUNNING"; then
        RUNNING=""
        say "$name: done in $((SECONDS - begun)) s"
        return 0
    fi
    RUNNING=""
    printf '%s\n' "---- the last lines of $LOG:" >&2
    tail -n 25 "$LOG" >&2
    return 1
}
