#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# installed.sh BUILD TST_CODEEDITOR: installs into a folder and uses what lies there, as a user of the package would.
set -euo pipefail
build=$(realpath "$1")
codeeditor=$(realpath "$2")

fail() { printf 'installed: FAIL: %s\n' "$*" >&2; exit 1; }

folder=$(mktemp -d)
trap 'chmod -R u+rwx "$folder" 2>/dev/null || true; rm -rf "$folder"' EXIT # some files of a store belong to subordinate ids
cmake --install "$build" --strip --prefix "$folder/usr" >"$folder/install.log" || fail "cmake --install: $(tail -n 3 "$folder/install.log")"
usr=$folder/usr

# The program finds its libraries, its starter image and its tables without the build folder.
program=$usr/bin/slipway
! readelf -d "$program" "$usr"/lib/*/slipway/*.so "$usr"/lib/slipway/*.so 2>/dev/null | grep -E 'R(UN)?PATH.*'"$build" ||
    fail "a library path leads into the build folder"
export SLIPWAY_ROOT=$folder/store SLIPWAY_RUN=$folder/run QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8
"$program" --version | grep -q '^Slipway version ' || fail "--version says: $("$program" --version)"
if "$program" ps -q >/dev/null 2>&1; then # an engine can run here
    words=$("$program" run --rm --network none slipway-starter echo started 2>&1) || fail "the starter image does not run: $words"
    [ "${words##*$'\n'}" = started ] || fail "the starter image says: $words"
fi

# The window's library finds the syntax definitions that come with it.
library=$(dirname "$(find "$usr" -name libslipway-ui.so)")
LD_LIBRARY_PATH=$library "$codeeditor" languageOf >"$folder/editor.log" || fail "$(grep -m 3 -A 3 FAIL "$folder/editor.log")"

# Nothing installed names the build folder, in either of the two forms text has in a Qt program.
wide=$(printf '%s' "$build" | sed 's/./&\\x00/g')
! LC_ALL=C grep -rlF -- "$build" "$usr" || fail "the files above name the build folder"
! LC_ALL=C grep -rlP -- "$wide" "$usr" || fail "the files above name the build folder (as UTF-16)"

# Completion answers from the program's own tables.
completion() {
    PATH=$usr/bin:$PATH bash --norc -c '
        source "$1"; shift
        COMP_WORDS=(slipway "$@"); COMP_CWORD=$#
        _slipway 2>/dev/null
        printf "%s\n" "${COMPREPLY[@]}"' _ "$usr/share/bash-completion/completions/slipway" "$@"
}
completion ru | grep -qx run || fail "completion of 'slipway ru' is: $(completion ru)"
completion run --r | grep -qx -- --rm || fail "completion of 'slipway run --r' is: $(completion run --r)"

# The documents, where the tools to check them are there.
if command -v desktop-file-validate >/dev/null; then
    desktop-file-validate "$usr"/share/applications/*.desktop || fail "the desktop entry is not valid"
fi
if command -v appstreamcli >/dev/null; then
    appstreamcli validate --no-net "$usr"/share/metainfo/*.xml >"$folder/appstream.log" || fail "$(cat "$folder/appstream.log")"
fi
if command -v man >/dev/null; then
    warnings=$(MANWIDTH=100 man --warnings=w -E UTF-8 -l "$usr"/share/man/man1/slipway.1.gz 2>&1 >"$folder/page") || fail "man: $warnings"
    [ -z "$warnings" ] || fail "the man page has warnings: $warnings"
    [ -s "$folder/page" ] || fail "the man page is empty"
fi
