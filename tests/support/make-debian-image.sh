#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make-debian-image.sh: a real Debian image as an OCI layout, made once by debootstrap and kept for later test runs.
# Prints the layout's folder. It holds the images "latest" (one layer) and "layers" (the same files in five layers, the last
# one with whiteouts). Needs root, debootstrap, umoci and a Debian mirror; exits with 77 and the reason where it cannot.
set -eu
suite=${1:-bookworm}
cache=${SLIPWAY_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
target=$cache/debian-$suite-$(dpkg --print-architecture 2>/dev/null || uname -m)
skip() { echo "make-debian-image.sh: $1" >&2; exit 77; }

[ -e "$target/index.json" ] && { echo "$target"; exit 0; }
[ "$(id -u)" = 0 ] || skip "only root can run debootstrap"
for program in debootstrap umoci; do command -v "$program" >/dev/null || skip "$program is not installed"; done
mkdir -p "$cache"
exec 9>"$target.lock"; flock 9
[ -e "$target/index.json" ] && { echo "$target"; exit 0; }
work=$(mktemp -d "$cache/debian.XXXXXX"); trap 'rm -rf "$work"' EXIT

# The mirror that this machine's own apt uses for Debian itself.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null | awk '$2 == "Debian" && $3 == "main" { print $1; exit }')
root=$work/rootfs
debootstrap --variant=minbase "$suite" "$root" "${mirror:-http://deb.debian.org/debian}" >"$work/log" 2>&1 || { tail -3 "$work/log" >&2; skip "debootstrap failed"; }
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/dev "$root"/proc "$root"/sys
mkdir -m 755 "$root/dev" "$root/proc" "$root/sys"

pack() { tar -C "$1" --sort=name --numeric-owner --xattrs -cf "$2" "${@:3}"; }
layout=$work/layout
umoci init --layout "$layout"
image() { # image TAG LAYER.tar…
  umoci new --image "$layout:$1"
  for layer in "${@:2}"; do umoci raw add-layer --image "$layout:$1" --history.created_by "ADD $(basename "$layer") /" "$layer"; done
  umoci config --image "$layout:$1" --config.cmd bash --config.env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
}
pack "$root" "$work/debian.tar" .
image latest "$work/debian.tar"

pack "$root" "$work/1-base.tar" --exclude=./usr/lib --exclude=./usr/share --exclude=./var .
pack "$root" "$work/2-lib.tar" ./usr/lib
pack "$root" "$work/3-share.tar" ./usr/share
pack "$root" "$work/4-var.tar" ./var
mkdir -p "$work/top/usr/share/doc" "$work/top/usr/share/locale" "$work/top/etc"
touch "$work/top/usr/share/.wh.info" "$work/top/usr/share/doc/.wh..wh..opq"
echo 'made of layers' >"$work/top/etc/slipway-test"
pack "$work/top" "$work/5-top.tar" .
image layers "$work/1-base.tar" "$work/2-lib.tar" "$work/3-share.tar" "$work/4-var.tar" "$work/5-top.tar"
umoci gc --layout "$layout"

mv "$layout" "$target"
echo "$target"
