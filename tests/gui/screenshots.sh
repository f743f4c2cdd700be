#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# screenshots.sh BUILD FOLDER: makes the pictures of every page, light, dark, small and in French.
set -euo pipefail
build=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
export SLIPWAY_BUILD=$build QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8
"$build/tests/gui/screenshots" "$folder"
french=$(mktemp -d)
trap 'rm -rf "$french"' EXIT
"$build/tests/gui/screenshots" "$french" fr_FR
cp "$french"/containers-light-fr.png "$french"/build-dark-fr.png "$french"/dialog-run-light-fr.png "$folder"
# they name the machine and its folders
rm -f "$folder"/settings-*.png
# a project's pages should not weigh more than its program
pngquant --force --skip-if-larger --ext .png --quality 70-95 "$folder"/*.png || true
ls -l "$folder"
