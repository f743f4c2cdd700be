# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as plain values, so that those of several builders can be compared: read from OCI layouts and docker archives, described
entry by entry, laid on top of each other."""
import bz2, gzip, hashlib, io, json, lzma, tarfile
from pathlib import Path

KNOWN_TIME = 1_300_000_000  # times before this were set by a case; later ones are the build's own and never equal
TYPES = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "link", tarfile.LNKTYPE: "hard",
         tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block", tarfile.FIFOTYPE: "fifo"}


class Image:
    """config: the image document; layers: one list of entries per layer, bottom first."""

    def __init__(self, document, layers):
        self.document, self.layers = document, layers

    @classmethod
    def from_docker_archive(cls, path):
        with tarfile.open(path) as archive:
            read = lambda name: archive.extractfile(name).read()
            manifest = json.loads(read("manifest.json"))[0]
            return cls(json.loads(read(manifest["Config"])), [entries(read(name)) for name in manifest["Layers"]])

    @classmethod
    def from_oci_layout(cls, folder, reference):
        blob = lambda digest: (Path(folder) / "blobs" / digest.replace(":", "/")).read_bytes()
        index = json.loads((Path(folder) / "index.json").read_text())
        names = {m.get("annotations", {}).get("org.opencontainers.image.ref.name"): m["digest"] for m in index["manifests"]}
        manifest = json.loads(blob(names[reference]))
        return cls(json.loads(blob(manifest["config"]["digest"])), [entries(blob(layer["digest"])) for layer in manifest["layers"]])


def inflated(data):
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def entries(data):
    """What a layer's tar says, as dictionaries without what says nothing."""
    found = []
    with tarfile.open(fileobj=io.BytesIO(inflated(data))) as tar:
        for member in tar:
            path = "/" + member.name.removeprefix("./").strip("/")
            entry = {"path": "/" if path == "/." else path, "type": TYPES[member.type], "mode": oct(member.mode & 0o7777)[2:]}
            if member.uid or member.gid:
                entry["owner"] = f"{member.uid}:{member.gid}"
            if entry["type"] == "file":
                entry["size"] = member.size
                entry["sha256"] = hashlib.sha256(tar.extractfile(member).read()).hexdigest()[:16]
            if entry["type"] == "link":
                entry["to"] = member.linkname
                del entry["mode"]
            if "/.wh." in path:  # a mark: builders give it any mode
                entry = {"path": path, "type": "mark"}
            if entry["type"] == "hard":
                entry = {"path": entry["path"], "type": "hard", "to": "/" + member.linkname.removeprefix("./").strip("/")}
            if entry["type"] in ("char", "block"):
                entry["device"] = f"{member.devmajor}:{member.devminor}"
            xattrs = {name.removeprefix("SCHILY.xattr."): value.encode("utf-8", "surrogateescape").hex()
                      for name, value in member.pax_headers.items() if name.startswith("SCHILY.xattr.")}
            if xattrs:
                entry["xattrs"] = xattrs
            if member.mtime < KNOWN_TIME and entry["type"] not in ("hard", "mark"):
                entry["mtime"] = int(member.mtime)
            found.append(entry)
    return found


def merged(layers):
    """The file tree that a container sees: path to entry, hard links as groups of names."""
    tree = {}

    def remove(path, and_itself=True):
        for name in [n for n in tree if n.startswith(path.rstrip("/") + "/") or (and_itself and n == path)]:
            del tree[name]

    for layer in layers:
        added = {}
        for entry in layer:
            folder, _, name = entry["path"].rpartition("/")
            if name == ".wh..wh..opq":
                remove(folder or "/", and_itself=False)
            elif name.startswith(".wh."):
                remove(f"{folder}/{name[4:]}")
        for entry in layer:
            path = entry["path"]
            if "/.wh." in path:
                continue
            if path in tree and (entry["type"] != "dir" or tree[path]["type"] != "dir"):
                remove(path)
            value = {key: item for key, item in entry.items() if key != "path"}
            if value["type"] == "hard":
                value = added.get(value["to"], tree.get(value["to"], value))
                value.setdefault("names", [entry["to"]]).append(path)
            tree[path] = added[path] = value
    for value in tree.values():
        if "names" in value:
            value["names"] = sorted(set(value["names"]))
    return tree


def differing_layers(mine, theirs):
    """One list of (path, mine, theirs) over all layers; a layer is a set: the order of a tar says nothing."""
    found = []
    if len(mine) != len(theirs):
        return [(f"{len(theirs)} layers expected", f"{len(mine)} layers", [[e["path"] for e in layer] for layer in mine])]
    for number, (own, other) in enumerate(zip(mine, theirs)):
        found += [(f"layer {number + 1} {path}", a, b) for path, a, b in differing({e["path"]: e for e in own}, {e["path"]: e for e in other})]
    return found


def differing(mine, theirs):
    return [(key, mine.get(key), theirs.get(key)) for key in sorted({*mine, *theirs}) if mine.get(key) != theirs.get(key)]


def history(document):
    return [{key: entry[key] for key in ("created_by", "empty_layer", "comment", "author") if entry.get(key)} for entry in document.get("history", [])]


def settings(document):
    """What containers and people see of a config, with what is empty left out: builders differ in writing null, [] or nothing."""
    found = {key: document[key] for key in ("architecture", "os", "variant", "author") if document.get(key)}
    return found | {"config." + key: value for key, value in (document.get("config") or {}).items() if value not in (None, "", [], {}, False)}


def compressed(name, data):
    if name.endswith((".gz", ".tgz")):
        return gzip.compress(data, mtime=0)
    if name.endswith(".bz2"):
        return bz2.compress(data)
    return lzma.compress(data) if name.endswith(".xz") else data
