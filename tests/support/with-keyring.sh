#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# with-keyring.sh COMMAND...: runs it on a private session bus with an unlocked, empty, throw-away keyring. Needs no
# display. Debian: dbus-daemon, dbus-bin, gnome-keyring.
#
# The password must be a newline: with an empty standard input no "login" collection is made and every write fails with
# error 7. Nothing may talk to org.freedesktop.secrets before the daemon owns the name, or D-Bus activates a second,
# locked daemon.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/share" "$folder/config" "$folder/cache"
mkdir -m 700 "$folder/run"
export HOME="$folder" XDG_DATA_HOME="$folder/share" XDG_RUNTIME_DIR="$folder/run" XDG_CONFIG_HOME="$folder/config" XDG_CACHE_HOME="$folder/cache"
dbus-run-session -- bash -c '
  gnome-keyring-daemon --foreground --unlock --components=secrets <<<"" >/dev/null 2>&1 & keyring=$!
  for _ in $(seq 500); do
    dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
      org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q "boolean true" && break
    sleep 0.02
  done
  code=0; "$@" || code=$?
  kill $keyring 2>/dev/null; wait $keyring 2>/dev/null || true
  exit $code' _ "$@"
