#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# peers.sh: real docker 26 (BuildKit too), podman 5.4, buildah, skopeo and a registry from Debian 13, in a root of their own and in a private
# mount+network namespace, to measure Slipway side by side with them. Needs root and Debian 12 or 13; the host's firewall and bridges stay untouched.
#   PEERS_DIR=dir peers.sh setup       debootstrap Debian 13 and install the peers (about 3 minutes)
#   peers.sh up | down                 make / end the namespace        peers.sh enter CMD…    run CMD inside (USER_RUN=1: as user `tester`)
#   peers.sh dockerd | registry | podman-service      start one inside and print its pid; stop-dockerd | stop-registry | stop-podman-service
#   peers.sh host-registry             the same registry data on 127.0.0.1:5000 of the host's namespace, for Slipway to pull from
set -eu
D=${PEERS_DIR:-${TMPDIR:-/var/tmp}/slipway-peers}; R=$D/root; mkdir -p "$D/run" "$D/registry-data"
holder() { [ -s "$D/run/ns.pid" ] && [ "$(head -c 12 "/proc/$(cat "$D/run/ns.pid")/cmdline" 2>/dev/null | tr -d '\0')" = peers-holder ]; }
enter() {
  if [ "${USER_RUN:-}" = 1 ]; then U="setpriv --reuid 1500 --regid 1500 --clear-groups env -C /home/tester HOME=/home/tester USER=tester XDG_RUNTIME_DIR=/run/user/1500"; else U=""; fi
  ${EXEC:-} nsenter -t "$(cat "$D/run/ns.pid")" -m -u -n --wdns=/ env -i HOME=/root TERM=xterm LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DOCKER_HOST=unix:///run/docker.sock PODMAN_IGNORE_CGROUPSV1_WARNING=1 $U "$@"
}
spawn() { n=$1; shift; setsid "$@" </dev/null >"$D/run/$n.log" 2>&1 & echo "$! $(started $!)" >"$D/run/$n.pid"; }
# Ends only what this script started: the recorded pid, and only while it is the same process (its start time) and still that program. Never by name: pids are shared with the host.
started() { awk '{print $22}' "/proc/$1/stat" 2>/dev/null; }
stop() {
  read -r p t 2>/dev/null <"$D/run/$1.pid" || return 0
  if [ -n "$t" ] && [ "$(started "$p")" = "$t" ]; then kill "$p"; for _ in $(seq 150); do [ "$(started "$p")" = "$t" ] || break; sleep .1; done; fi
  rm -f "$D/run/$1.pid"
}
case ${1:-help} in
setup)
  command -v debootstrap >/dev/null || apt-get install -y debootstrap >/dev/null
  [ -e "$R/etc/debian_version" ] || debootstrap --variant=minbase trixie "$R" >"$D/run/debootstrap.log"
  mount --bind /proc "$R/proc"; chroot "$R" apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive chroot "$R" apt-get install -y --no-install-recommends podman buildah skopeo crun conmon netavark aardvark-dns passt uidmap docker.io docker-cli \
    docker-buildx docker-registry xz-utils busybox-static debootstrap umoci curl iproute2 iptables nftables procps ca-certificates >"$D/run/apt.log" 2>&1; umount "$R/proc"
  chroot "$R" id tester >/dev/null 2>&1 || chroot "$R" useradd -m -u 1500 tester
  printf 'tester:100000:65536\n' >"$R/etc/subuid"; cp "$R/etc/subuid" "$R/etc/subgid"
  printf '[[registry]]\nlocation = "127.0.0.1:5000"\ninsecure = true\n' >"$R/etc/containers/registries.conf.d/local.conf"
  printf 'version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage:\n  filesystem: {rootdirectory: /peers/registry-data}\n  delete: {enabled: true}\nhttp: {addr: 127.0.0.1:5000}\n' >"$D/registry.yml"
  sed 's#/peers/registry-data#'"$D"'/registry-data#' "$D/registry.yml" >"$D/registry-host.yml" ;;
up)
  holder && { cat "$D/run/ns.pid"; exit 0; }
  R="$R" D="$D" setsid unshare -m -u -n --propagation private bash -c '
    set -e; exec </dev/null; hostname peers; ip link set lo up
    ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up; ip addr add 10.200.0.2/24 dev up0; ip route add default via 10.200.0.1 dev up0  # a dead end: pasta wants a default route
    mount --bind "$R" "$R"; cd "$R"; mkdir -p peers oldroot; mount -t proc proc proc; mount -t tmpfs -o mode=755 tmpfs dev; mkdir dev/pts dev/shm dev/net dev/mqueue
    for n in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0" "net/tun 10 200" "fuse 10 229"; do set -- $n; mknod -m 666 dev/$1 c $2 $3; done; mknod -m 600 dev/kmsg c 1 11
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts; ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd; ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
    mount -t tmpfs -o mode=1777 tmpfs dev/shm; mount -t mqueue mqueue dev/mqueue; mount -t sysfs sysfs sys
    if [ -d /sys/fs/cgroup/memory ]; then mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup   # v1 hybrid: crun refuses it while cgroup2 carries a controller
      for c in cpu cpuacct cpuset memory devices freezer blkio pids systemd; do mkdir sys/fs/cgroup/$c; mount --bind /sys/fs/cgroup/$c sys/fs/cgroup/$c; done; else mount -t cgroup2 cgroup2 sys/fs/cgroup; fi
    mount -t tmpfs -o mode=755 tmpfs run; mkdir -p run/lock run/user run/netns; install -d -o 1500 -g 1500 -m 700 run/user/1500; mount --bind "$D" peers
    pivot_root . oldroot; cd /; umount -l /oldroot; mount --make-rshared /; echo 1 >/proc/sys/net/ipv4/ip_forward; exec -a peers-holder sleep infinity' >"$D/run/ns.log" 2>&1 &
  echo $! >"$D/run/ns.pid"; for _ in $(seq 50); do holder && break; sleep 0.1; done; holder || { cat "$D/run/ns.log" >&2; exit 1; }; cat "$D/run/ns.pid" ;;
down) holder && kill "$(cat "$D/run/ns.pid")"; rm -f "$D/run/ns.pid" ;;
enter) shift; EXEC=exec; enter "$@" ;;
dockerd)
  spawn containerd "$0" enter containerd -l warn; for _ in $(seq 100); do enter test -S /run/containerd/containerd.sock && break; sleep .1; done
  spawn dockerd "$0" enter dockerd -H unix:///run/docker.sock --containerd=/run/containerd/containerd.sock --storage-driver overlay2 --exec-opt native.cgroupdriver=cgroupfs \
    --insecure-registry 127.0.0.1:5000 -l warn --ip6tables=false; for _ in $(seq 200); do enter docker version >/dev/null 2>&1 && break; sleep .1; done; cut -d" " -f1 "$D/run/dockerd.pid" ;;
stop-dockerd) stop dockerd; stop containerd ;;
podman-service) spawn podman-service "$0" enter podman system service -t 0 unix:///run/podman.sock; sleep 1; cut -d" " -f1 "$D/run/podman-service.pid" ;;
stop-podman-service) stop podman-service ;;
registry) spawn registry "$0" enter docker-registry serve /peers/registry.yml; for _ in $(seq 100); do enter curl -fs http://127.0.0.1:5000/v2/ >/dev/null && break; sleep .1; done; cut -d" " -f1 "$D/run/registry.pid" ;;
stop-registry) stop registry ;;
host-registry) command -v docker-registry >/dev/null || apt-get install -y docker-registry >/dev/null
  spawn host-registry env OTEL_TRACES_EXPORTER=none docker-registry serve "$D/registry-host.yml"; for _ in $(seq 100); do curl -fs http://127.0.0.1:5000/v2/ >/dev/null && break; sleep .1; done; cut -d" " -f1 "$D/run/host-registry.pid" ;;
stop-host-registry) stop host-registry ;;
*) sed -n 3,10p "$0" ;;
esac
