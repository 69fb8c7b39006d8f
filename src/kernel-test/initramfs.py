"""The initramfs of a kernel that has its root on 9p: busybox, the modules for 9p, and a script."""
import gzip, lzma
from pathlib import Path

WANTED = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /lower /upper /root
/bin/busybox mount -t proc none /proc
for module in $(/bin/busybox cat /modules); do /bin/busybox insmod /$module; done
/bin/busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 root /lower
/bin/busybox mount -t tmpfs none /upper
/bin/busybox mkdir -p /upper/data /upper/work
/bin/busybox mount -t overlay -o lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work overlay /root
/bin/busybox umount /proc
exec /bin/busybox switch_root /root /bin/sh -c "
mkdir -p /out
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /run
mount -t tmpfs none /tmp
mount -t 9p -o trans=virtio,version=9p2000.L out /out
ip link set lo up
sh /out/script
sync
busybox poweroff -f"
"""


def initramfs(tree, version):
    """The content of the initramfs, for the kernel of that version in a tree."""
    modules = loading(tree / "lib/modules" / version)
    files = [("init", 0o100755, INIT.encode()), ("modules", 0o100644, "\n".join(n for n, _ in modules).encode()),
             ("bin", 0o040755, b""), ("dev", 0o040755, b""), ("bin/busybox", 0o100755, (tree / "bin/busybox").read_bytes())]
    files += [(name, 0o100644, content) for name, content in modules]
    return b"".join(entry(number, *file) for number, file in enumerate([*files, ("TRAILER!!!", 0, b"")], 1))


def loading(directory):
    """The wanted modules and their dependencies, in the order of loading. Built-in modules are left out."""
    needs = {}
    for line in (directory / "modules.dep").read_text().splitlines():
        module, _, needed = line.partition(":")
        needs[name(module)] = (module, [name(n) for n in needed.split()])
    order = []

    def add(module):
        if module in needs and module not in order:
            for needed in needs[module][1]:
                add(needed)
            order.append(module)

    for module in WANTED:
        add(module)
    return [(module + ".ko", unpacked(directory / needs[module][0])) for module in order]


def name(module):
    return Path(module).name.split(".")[0].replace("-", "_")


def unpacked(file):
    return {".xz": lzma.decompress, ".gz": gzip.decompress}.get(file.suffix, bytes)(file.read_bytes())


def entry(number, path, mode, content):
    """One file of a cpio archive in the new portable format."""
    title = path.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(title), 0)
    return padded(b"070701" + "".join(f"{f:08x}" for f in fields).encode() + title) + padded(content)


def padded(data):
    return data + b"\0" * (-len(data) % 4)
