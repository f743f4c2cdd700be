#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# endtoend.sh PROGRAM SOURCES root|user: the first minutes with Slipway, by keyboard and mouse under a real X server.
#
# Build the sample, run it, type into a shell of it, quit, find it still running, start again, type again, stop it. What the
# window did is looked up with the command line. Exits with 77 where it cannot run.
set -euo pipefail

program=$(realpath "$1")
sources=$(realpath "$2")
who=$3
patience=40 # seconds until a thing that should happen has not

say() { printf 'endtoend (%s): %s\n' "$who" "$*" >&2; }
skip() { say "SKIP: $*"; exit 77; }

# --- The user, with a home of their own, and the X server

if [ -z "${ENDTOEND_HOME:-}" ]; then
    for tool in xvfb-run openbox xdotool setpriv; do
        command -v "$tool" >/dev/null || skip "needs $tool"
    done
    as=()
    account=${SLIPWAY_TEST_USER:-tester}
    if [ "$who" = root ]; then
        [ "$(id -u)" = 0 ] || skip "needs root"
    elif [ "$(id -u)" = 0 ]; then
        id "$account" >/dev/null 2>&1 || skip "needs an ordinary account with ranges in /etc/subuid, called $account"
        as=(setpriv --reuid "$account" --regid "$(id -g "$account")" --init-groups env USER="$account")
    fi
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    mkdir -m 700 "$folder/run"
    [ ${#as[@]} = 0 ] || chown -R "$account:$(id -g "$account")" "$folder"
    status=0
    "${as[@]}" env -u DISPLAY -u WAYLAND_DISPLAY -u XAUTHORITY -u XDG_DATA_HOME -u XDG_CONFIG_HOME -u SLIPWAY_RUN \
        ENDTOEND_HOME="$folder" HOME="$folder" TMPDIR="$folder" XDG_RUNTIME_DIR="$folder/run" SLIPWAY_ROOT="$folder/store" \
        DBUS_SESSION_BUS_ADDRESS= QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8 \
        xvfb-run -a -s '-screen 0 1280x860x24' "$0" "$@" || status=$?
    exit "$status"
fi

cd "$HOME"
gui=
fail() {
    say "FAIL: $*"
    tail -n 20 "$HOME/window.log" >&2 || true
    [ -z "${ENDTOEND_PICTURE:-}" ] || import -window root "$ENDTOEND_PICTURE" || true
    exit 1
}
cleanup() {
    [ -z "$gui" ] || kill "$gui" 2>/dev/null || true
    "$program" ps -aq 2>/dev/null | while read -r id; do "$program" rm -f "$id" >/dev/null 2>&1 || true; done
    chmod -R u+rwx "$HOME/store" 2>/dev/null || true
    kill "$wm" 2>/dev/null || true
}

# until_true WHAT COMMAND...: asks again every tenth of a second.
until_true() {
    local what=$1 end=$((SECONDS + patience))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "$what"
        [ -z "$gui" ] || kill -0 "$gui" 2>/dev/null || fail "the window is gone before: $what"
        sleep 0.1
    done
    say "$what"
}

window_is_there() { window=$(xdotool search --onlyvisible --name '^Slipway$' 2>/dev/null | tail -n 1) && [ -n "$window" ]; }
key() { xdotool windowactivate --sync "$window" key --clearmodifiers "$@"; }
click() { xdotool mousemove --sync --window "$window" "$1" "$2" click 1; }
running() { [ -n "$("$program" ps -q)" ]; }
nothing_runs() { [ -z "$("$program" ps -q)" ]; }
built() { "$program" images 2>/dev/null | grep -q '^hello-web '; }
has_file() { "$program" exec "$container" test -e "$1" 2>/dev/null; }
greeted() { "$program" logs "$container" 2>/dev/null | grep -q 'Hello from inside'; }

open_window() {
    "$program" gui >>"$HOME/window.log" 2>&1 &
    gui=$!
    until_true "the window is there" window_is_there
    xdotool windowsize --sync "$window" 1180 760 windowmove "$window" 20 20 windowactivate --sync "$window"
}
close_window() {
    local status=0
    key alt+F4
    wait "$gui" || status=$?
    gui=
    [ "$status" = 0 ] || fail "the window ended with $status"
}
build_again() { built || { key ctrl+b; built; }; }
run_again() { running || { key ctrl+r; local end=$((SECONDS + 5)); until running || [ $SECONDS -ge $end ]; do sleep 0.1; done; running; }; }
# The plus beside the consoles' tabs opens a shell that takes the keys.
type_in_shell() {
    has_file "$1" && return
    click 1140 411
    xdotool type --delay 5 "touch $1"
    key Return
    local end=$((SECONDS + 3))
    until has_file "$1" || [ $SECONDS -ge $end ]; do sleep 0.1; done
    has_file "$1"
}
stop_again() { nothing_runs || { click 300 125; key s; nothing_runs; }; }

# --- The story

openbox &
wm=$!
trap cleanup EXIT
if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then # somebody else's: the sample gets another port
    mkdir -p "$HOME/Documents/Slipway"
    cp -r "$sources/resources/samples/hello-web" "$HOME/Documents/Slipway/"
    sed -i "s/PORT=8080/PORT=$((20000 + $$ % 10000))/" "$HOME/Documents/Slipway/hello-web/Dockerfile"
fi

"$program" ps -q >/dev/null 2>"$HOME/why" || skip "no engine here: $(cat "$HOME/why")"
open_window
until_true "the sample project is made" test -e "$HOME/Documents/Slipway/hello-web/Dockerfile"
until_true "Ctrl+B builds it" build_again
until_true "Ctrl+R runs it" run_again
container=$("$program" ps -q)
until_true "its log has the greeting" greeted
until_true "its shell takes a command" type_in_shell /tmp/typed
close_window
running || fail "the container ended with the window"
say "the container goes on without the window"
open_window
click 300 125
key shift+e
until_true "a new window's shell takes a command" type_in_shell /tmp/typed-again
until_true "S stops it" stop_again
close_window
say "passed"
