#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make-starter-image.sh BUSYBOX OUT: writes an OCI image layout (image-spec 1.1) with one image, slipway-starter:latest,
# made from a static busybox. The same busybox gives the same bytes.
set -eu
busybox=$1
out=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/slipway-starter.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 022

root=$work/root
mkdir -p "$root/bin" "$root/sbin" "$root/usr/bin" "$root/usr/sbin" "$root/etc" "$root/root" "$root/home/www" "$root/var/log" \
         "$root/var/www" "$root/run" "$root/tmp" "$root/proc" "$root/sys" "$root/dev"
chmod 1777 "$root/tmp"
chmod 700 "$root/root"
install -m 755 "$busybox" "$root/bin/busybox"
"$busybox" --list-full | while read -r applet; do
    case $applet in
    bin/busybox | linuxrc) ;;
    *) mkdir -p "$root/$(dirname "$applet")"; ln -s /bin/busybox "$root/$applet" ;;
    esac
done
cat >"$root/etc/passwd" <<END
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/:/bin/false
www:x:33:33:www:/home/www:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
END
cat >"$root/etc/group" <<END
root:x:0:
daemon:x:1:
tty:x:5:
www:x:33:
nogroup:x:65534:
END
cat >"$root/etc/os-release" <<END
NAME="Slipway starter"
ID=slipway-starter
PRETTY_NAME="Slipway starter image (busybox)"
END
cat >"$root/etc/profile" <<'END'
export PS1='\u@\h:\w\$ '
END

# The date is that of the busybox package's binary, so that a rebuild does not change the image.
epoch=$(stat -c %Y "$busybox")
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
version=$("$busybox" | sed -n '1s/^BusyBox v\([^ ]*\).*/\1/p')
case $(uname -m) in
x86_64) arch=amd64 variant= ;;
aarch64) arch=arm64 variant=', "variant": "v8"' ;;
armv7l) arch=arm variant=', "variant": "v7"' ;;
i?86) arch=386 variant= ;;
*) arch=$(uname -m) variant= ;;
esac

blobs=$work/layout/blobs/sha256
mkdir -p "$blobs"
digest() { sha256sum "$1" | cut -d' ' -f1; }
store() { d=$(digest "$1"); size=$(stat -c %s "$1"); mv "$1" "$blobs/$d"; }

tar --create --file "$work/layer.tar" --directory "$root" --sort=name --format=pax --pax-option=delete=atime,delete=ctime \
    --owner=0 --group=0 --numeric-owner --mtime="@$epoch" .
diffid=$(digest "$work/layer.tar")
gzip -n -9 "$work/layer.tar"
store "$work/layer.tar.gz"
layer=$d layersize=$size

cat >"$work/config.json" <<END
{"created": "$created", "author": "Slipway", "architecture": "$arch"$variant, "os": "linux",
 "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["sh"],
            "Labels": {"org.opencontainers.image.title": "slipway-starter", "org.opencontainers.image.version": "$version",
                       "org.opencontainers.image.licenses": "GPL-2.0-only",
                       "org.opencontainers.image.source": "https://packages.debian.org/source/stable/busybox"}},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$diffid"]},
 "history": [{"created": "$created", "created_by": "COPY busybox $version / # the starter image of Slipway"}]}
END
store "$work/config.json"
config=$d configsize=$size

cat >"$work/manifest.json" <<END
{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
 "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:$config", "size": $configsize},
 "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:$layer", "size": $layersize}]}
END
store "$work/manifest.json"

cat >"$work/layout/index.json" <<END
{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
 "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:$d", "size": $size,
                "annotations": {"org.opencontainers.image.ref.name": "slipway-starter:latest"},
                "platform": {"architecture": "$arch", "os": "linux"$variant}}]}
END
printf '{"imageLayoutVersion": "1.0.0"}\n' >"$work/layout/oci-layout"

rm -rf "$out"
mkdir -p "$(dirname "$out")"
mv "$work/layout" "$out"
