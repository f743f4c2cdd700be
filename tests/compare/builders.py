# SPDX-License-Identifier: GPL-3.0-or-later
"""Slipway, docker and buildah behind one face: build(case) gives an Image, or the text it was refused with."""
import os, shutil, subprocess, tempfile
from pathlib import Path
from imagelib import Image

SOURCE = Path(__file__).resolve().parent.parent.parent
PEERS_DIR = Path(os.environ.get("PEERS_DIR", "/var/tmp/slipway-peers"))


class Refused(Exception):
    pass


def call(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", **options)


class Slipway:
    name = "slipway"

    def __init__(self, program, folder, bases, user=None):
        """user: of the password file, to build as; None: whoever runs this."""
        self.program, self.folder = str(program), folder
        folder.mkdir()
        self.prefix = []
        if user:
            self.prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups", "env", f"HOME={user.pw_dir}",
                           f"USER={user.pw_name}", f"XDG_RUNTIME_DIR={folder}", "XDG_DATA_HOME="]
            os.chown(folder, user.pw_uid, user.pw_gid)
        self.environment = {**os.environ, "SLIPWAY_ROOT": str(folder / "root"), "SLIPWAY_RUN": str(folder / "run"), "LC_ALL": "C.UTF-8"}
        self.check("load", "-i", str(bases.layout))

    def run(self, *words):
        return call([*self.prefix, self.program, *words], env=self.environment, timeout=120)

    def check(self, *words):
        result = self.run(*words)
        if result.returncode != 0:
            raise SystemExit(f"slipway {' '.join(words)} failed: {result.stderr}")

    def build(self, case, context):
        tag = f"case-{case.name}:latest"
        result = self.run("build", "--no-cache", "--network", "none", "-t", tag, *case.options, str(context))
        if result.returncode != 0:
            raise Refused(result.stderr.strip() or result.stdout.strip()[-500:])
        return Image.from_oci_layout(self.folder / "root" / "images", tag)

    def close(self):
        self.run("system", "prune", "-af")


class Peer:
    """A builder in the Debian root of tests/bench/peers.sh, which tells how it is made."""

    def __init__(self, folder):
        self.share = Path(tempfile.mkdtemp(dir=PEERS_DIR, prefix="compare-"))
        self.share.chmod(0o755)
        self.inside = Path("/peers") / self.share.name

    @staticmethod
    def peers(*words):
        return call([SOURCE / "tests" / "bench" / "peers.sh", *words], env={**os.environ, "PEERS_DIR": str(PEERS_DIR)}, timeout=300)

    def enter(self, *words):
        return self.peers("enter", *words)

    def check(self, *words):
        result = self.enter(*words)
        if result.returncode != 0:
            raise SystemExit(f"{' '.join(words)} failed: {result.stderr}")
        return result.stdout

    def shared(self, path, name):
        """A copy of a file or folder that the peer can read, as its path there."""
        call(["cp", "-a", str(path), str(self.share / name)], check=True)
        return str(self.inside / name)

    def close(self):
        shutil.rmtree(self.share, ignore_errors=True)

    def build(self, case, context):
        inside = self.shared(context, case.name)
        result = self.enter(*self.command, "-t", f"case-{case.name}", *case.options, inside)
        if result.returncode != 0:
            raise Refused(result.stderr.strip())
        archive = self.share / f"{case.name}.tar"
        self.save(f"case-{case.name}", self.inside / archive.name)
        image = Image.from_docker_archive(archive)
        archive.unlink()
        return image


class Docker(Peer):
    name = "docker"
    command = ["docker", "build", "--progress=plain", "--no-cache", "--provenance=false", "--network=none"]

    def __init__(self, folder, bases):
        super().__init__(folder)
        self.peers("up")
        if self.enter("docker", "version").returncode != 0:
            self.peers("dockerd")
        self.check("docker", "builder", "prune", "-af")  # it takes files of one name, size and time for the same
        for name, archive in bases.archives.items():
            self.check("docker", "load", "-q", "-i", self.shared(archive, f"base-{name}.tar"))

    def save(self, image, path):
        self.check("docker", "save", "-o", str(path), image)
        self.enter("docker", "rmi", "-f", image)


class Buildah(Peer):
    name = "buildah"
    command = ["buildah", "build", "--isolation", "chroot", "--layers", "--no-cache", "--format", "docker", "--pull-never",
               "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"]  # it would raise them, which not every root may

    def __init__(self, folder, bases):
        super().__init__(folder)
        self.peers("up")
        for name, archive in bases.archives.items():
            self.check("buildah", "pull", "-q", f"docker-archive:{self.shared(archive, f'base-{name}.tar')}")

    def save(self, image, path):
        self.check("buildah", "push", "-q", image, f"docker-archive:{path}")
        self.enter("buildah", "rmi", "-f", image)
