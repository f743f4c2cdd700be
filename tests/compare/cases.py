# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of tests/data/compare and the images they start from."""
import base64, hashlib, io, json, os, shutil, stat, tarfile
from pathlib import Path
from imagelib import compressed

FOLDER = Path(__file__).resolve().parent.parent / "data" / "compare"
CONTEXT_TIME = 978_307_200  # 2001-01-01: of everything in a context
BASE_TIME = 1_104_537_600   # 2005-01-01: of everything in a base image
APPLETS = ("sh ash cat chgrp chmod chown cp cut date dd df dirname echo env expr false find grep head hostname id install ln ls mkdir mkfifo mknod mount mv od printf ps pwd "
           "readlink rm rmdir sed seq sha256sum sleep sort stat tail tar test touch tr true truncate tty umask uname uniq wc which whoami xargs").split()


class Case:
    """A folder with a Dockerfile, case.json (all optional) and expected.json, what docker made of it.

    case.json: context    what stands beside the Dockerfile, see Context
               ignore     the text of .dockerignore
               options    words for the build's command line
               says       for a Dockerfile that is refused: words that docker's message and ours must have in common
               why        for readers
               needs_root why an ordinary user cannot build it
               differs    part to reason, where Slipway is different on purpose; parts: config, history, tree, layers, verdict
    """

    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        path = folder / "case.json"
        self.settings = json.loads(path.read_text()) if path.exists() else {}
        self.options = self.settings.get("options", [])
        self.differs = self.settings.get("differs", {})
        self.says = self.settings.get("says")

    @property
    def recorded(self):
        path = self.folder / "expected.json"
        return json.loads(path.read_text()) if path.exists() else None

    def lay(self, folder, owner=None):
        """The build context, as files; of \p owner (of the password file) but where the case names one."""
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        for item in self.settings.get("context", []):
            lay_item(folder, item)
        if "ignore" in self.settings:
            (folder / ".dockerignore").write_text(self.settings["ignore"])
        shutil.copyfile(self.folder / "Dockerfile", folder / "Dockerfile")
        named = {folder / item["path"] for item in self.settings.get("context", []) if "owner" in item}
        for path in {folder, *folder.rglob("*")} - named if owner else ():
            mode = path.lstat().st_mode
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
            if not stat.S_ISLNK(mode):
                path.chmod(stat.S_IMODE(mode))  # a change of owner takes the setuid bit away
        for path in sorted([folder, *folder.rglob("*")], reverse=True):
            os.utime(path, (CONTEXT_TIME, CONTEXT_TIME), follow_symlinks=False)


def all_cases(patterns=()):
    folders = sorted(path.parent for path in FOLDER.glob("*/Dockerfile"))
    return [Case(folder) for folder in folders if not patterns or any(pattern in folder.name for pattern in patterns)]


def lay_item(root, item):
    """{"path": …} with one of: text, base64, repeat [text, count], link, hard, fifo, tar [items]; nothing: a folder. And mode, owner "u:g", xattrs; in a tar time, char, fifo."""
    path = root / item["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if "link" in item:
        path.symlink_to(item["link"])
        return
    if "hard" in item:
        os.link(root / item["hard"], path)
        return
    content = content_of(item)
    if content is not None:
        path.write_bytes(content)
    elif item.get("fifo"):
        os.mkfifo(path)
    else:
        path.mkdir(exist_ok=True)
    if "owner" in item and os.geteuid() == 0:
        os.chown(path, *map(int, item["owner"].split(":")))
    for name, value in item.get("xattrs", {}).items():
        os.setxattr(path, name, bytes.fromhex(value))
    path.chmod(int(item.get("mode", "755" if content is None and not item.get("fifo") else "644"), 8))


def content_of(item):
    if "text" in item:
        return item["text"].encode("utf-8", "surrogateescape")
    if "base64" in item:
        return base64.b64decode(item["base64"])
    if "repeat" in item:
        return (item["repeat"][0] * item["repeat"][1]).encode()
    return compressed(item["path"], tar_of(item["tar"], CONTEXT_TIME)) if "tar" in item else None


def tar_of(items, time):
    out, headers = io.BytesIO(), {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for item in items:
            entry, content = tarfile.TarInfo(item["path"]), content_of(item)
            entry.mtime = item.get("time", time)
            entry.uid, entry.gid = map(int, item.get("owner", "0:0").split(":"))
            entry.mode = int(item.get("mode", "755" if content is None else "644"), 8)
            entry.pax_headers = {"SCHILY.xattr." + name: bytes.fromhex(value).decode("utf-8", "surrogateescape") for name, value in item.get("xattrs", {}).items()}
            if "link" in item or "hard" in item:
                entry.type, entry.linkname = (tarfile.SYMTYPE, item["link"]) if "link" in item else (tarfile.LNKTYPE, item["hard"])
                if "hard" in item and item["hard"] in headers:  # as tar(1) writes them: with the attributes of the file
                    first = headers[item["hard"]]
                    entry.mtime, entry.uid, entry.gid, entry.mode = first.mtime, first.uid, first.gid, first.mode
            elif "char" in item:
                entry.type, (entry.devmajor, entry.devminor) = tarfile.CHRTYPE, map(int, item["char"].split(":"))
            elif item.get("fifo"):
                entry.type = tarfile.FIFOTYPE
            elif content is None:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(content)
            headers[entry.name] = entry
            tar.addfile(entry, io.BytesIO(content) if content is not None and entry.isreg() else None)
    return out.getvalue()


def base_layer():
    """A small system around this machine's static busybox; users, links and folders for the cases to meet."""
    program = next(path for path in map(Path, ("/bin/busybox", "/usr/bin/busybox")) if path.exists())
    items = [{"path": name} for name in ("bin", "dev", "etc", "home", "opt", "proc", "root", "run", "sys", "usr", "usr/bin", "usr/lib", "usr/share", "var", "var/log")]
    items += [{"path": "tmp", "mode": "1777"}, {"path": "home/web", "owner": "33:44", "mode": "750"}]
    items += [{"path": "bin/busybox", "mode": "755", "base64": base64.b64encode(program.read_bytes())}]
    items += [{"path": "bin/" + name, "link": "busybox"} for name in APPLETS]
    items += [{"path": "etc/passwd", "text": "root:x:0:0:root:/root:/bin/sh\nweb:x:33:44:web:/home/web:/bin/sh\nlone:x:1000:1001::/home/lone:/bin/sh\n"},
              {"path": "etc/group", "text": "root:x:0:\nweb:x:44:\nstaff:x:50:web\nlone:x:1001:\n"},
              {"path": "etc/motd", "text": "hello\n"}, {"path": "lib", "link": "usr/lib"}, {"path": "var/run", "link": "/run"},
              {"path": "opt/tree"}, {"path": "opt/tree/a", "text": "a\n"}, {"path": "opt/tree/b", "text": "b\n", "mode": "640", "owner": "33:44"},
              {"path": "opt/tree/sub"}, {"path": "opt/tree/sub/c", "text": "c\n"}, {"path": "opt/tree/to-a", "link": "a"},
              {"path": "opt/one", "text": "linked\n"}, {"path": "opt/two", "hard": "opt/one"}]
    return tar_of(items, BASE_TIME)


def base_images():
    """Name to the `config` of its image document: the base images of all cases, on one layer."""
    path = {"Env": ["PATH=/usr/bin:/bin"]}
    return {"base": path | {"Cmd": ["sh"]},
            "full": {"Env": ["PATH=/usr/bin:/bin", "FROM_BASE=yes", "EMPTY="], "Cmd": ["base-cmd"], "Entrypoint": ["/bin/base-entry", "--flag"], "User": "web",
                     "WorkingDir": "/home/web", "Labels": {"base": "1", "shared": "base"}, "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}},
                     "StopSignal": "SIGQUIT", "Healthcheck": {"Test": ["CMD", "true"], "Interval": 5_000_000_000}, "Shell": ["/bin/sh", "-ec"]},
            "triggers": path | {"Cmd": ["sh"], "OnBuild": ["RUN echo triggered > /triggered", "COPY . /from-trigger/", "ENV TRIGGERED=yes", "LABEL trigger=\"a b\""]},
            "plain": {}}


class BaseImages:
    """The base images as an OCI layout (.layout) and as docker archives (.archives: name to file) in a folder."""

    def __init__(self, folder, configs=None):
        self.layout, self.archives, layer = folder / "layout", {}, base_layer()
        self.layer = layer
        blobs = self.layout / "blobs" / "sha256"
        blobs.mkdir(parents=True)

        def store(data):
            digest = hashlib.sha256(data).hexdigest()
            (blobs / digest).write_bytes(data)
            return "sha256:" + digest

        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
        layer_digest, manifests = store(layer), []
        for name, config in (configs or base_images()).items():
            document = {"architecture": machine, "os": "linux", "created": "2005-01-01T00:00:00Z", "config": config, "rootfs": {"type": "layers", "diff_ids": [layer_digest]},
                        "history": [{"created": "2005-01-01T00:00:00Z", "created_by": "base layer"}]}
            data = json.dumps(document).encode()
            kind = "application/vnd.oci.image."
            manifest = json.dumps({"schemaVersion": 2, "mediaType": kind + "manifest.v1+json",
                                   "config": {"mediaType": kind + "config.v1+json", "digest": store(data), "size": len(data)},
                                   "layers": [{"mediaType": kind + "layer.v1.tar", "digest": layer_digest, "size": len(layer)}]}).encode()
            manifests.append({"mediaType": kind + "manifest.v1+json", "digest": store(manifest), "size": len(manifest),
                              "annotations": {"org.opencontainers.image.ref.name": f"{name}:latest"}})
            self.archives[name] = folder / f"{name}.tar"
            with tarfile.open(self.archives[name], "w") as tar:
                for path, part in (("config.json", data), ("layer.tar", layer),
                                   ("manifest.json", json.dumps([{"Config": "config.json", "RepoTags": [f"{name}:latest"], "Layers": ["layer.tar"]}]).encode())):
                    entry = tarfile.TarInfo(path)
                    entry.size = len(part)
                    tar.addfile(entry, io.BytesIO(part))
        (self.layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": manifests}))
        (self.layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
