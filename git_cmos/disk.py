"""What the disk below a file is like."""

from __future__ import annotations

import os


def is_full(path: str) -> bool:
    """Whether the disk has no room; SQLite may call that an I/O error."""
    try:
        room = os.statvfs(os.path.dirname(path))
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < 1 << 16


_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "lustre")


def on_network(path: str) -> bool:
    """Whether the file lies on a network file system: SQLite's WAL does not work there."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
            mounts = [line.split() for line in file]
    except OSError:
        return False
    path = os.path.realpath(path)
    best, kind = "", ""
    for fields in mounts:
        point = fields[4].replace("\\040", " ")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[fields.index("-") + 1]
    return kind in _NETWORK
