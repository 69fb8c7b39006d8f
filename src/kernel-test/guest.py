"""Boots a kernel of Debian in qemu's software emulation. Its root is a tree of debootstrap, shared read-only."""
import os, shlex, subprocess, threading
from pathlib import Path

from initramfs import initramfs
from journal import Failed
from machine import tree

CACHE = Path(os.environ.get("KERNEL_TEST_CACHE", "/var/cache/portero-kernel-test"))
PACKAGES = "linux-image-amd64,busybox-static,nftables,iproute2,iputils-ping,conntrack,procps,python3"


def prepared(release):
    """The tree of that release, which contains its kernel."""
    return tree(release, CACHE, PACKAGES)


class Guest:
    """One kernel. It sees some directories of this machine under the same paths, and can write only to `out`."""

    def __init__(self, release, work, shared):
        self.tree = prepared(release)
        self.work = Path(work) / release
        self.out = self.work / "out"
        self.out.mkdir(parents=True)
        self.shared = [Path(s) for s in shared]
        self.kernel = max(self.tree.glob("boot/vmlinuz-*"), key=lambda k: k.stat().st_mtime)
        self.version = self.kernel.name.removeprefix("vmlinuz-")

    def run(self, words, env, patience):
        """Boots the guest, runs one program in it, prints its output line by line, and returns its exit code."""
        (self.out / "script").write_text(self.script(words, env))
        image = self.work / "initramfs"
        image.write_bytes(initramfs(self.tree, self.version))
        qemu = subprocess.Popen(self.qemu(image), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace")
        alarm = threading.Timer(patience, qemu.kill)
        alarm.start()
        try:
            for line in qemu.stdout:
                print(line.rstrip("\r\n"), flush=True)
            qemu.wait()
        finally:
            alarm.cancel()
            qemu.kill()
        code = self.out / "code"
        if not code.exists():
            raise Failed(f"the guest ended within {patience} s without a result: {self.console()}")
        return int(code.read_text())

    def console(self):
        return (self.work / "console").read_text(errors="replace")[-1500:]

    def script(self, words, env):
        lines = ["cd /", *(f"export {name}={shlex.quote(str(value))}" for name, value in env.items())]
        for number, directory in enumerate(self.shared):
            place = shlex.quote(str(directory))
            lines.append(f"mkdir -p {place} && mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 shared{number} {place}")
        lines.append(" ".join(shlex.quote(str(w)) for w in words) + " > /dev/ttyS1 2>&1")
        lines.append("echo $? > /out/code")
        return "\n".join(lines) + "\n"

    def qemu(self, image):
        words = ["qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "3072", "-nodefaults",
                 "-display", "none", "-no-reboot", "-kernel", self.kernel, "-initrd", image,
                 "-append", "console=ttyS0 panic=-1 mitigations=off loglevel=4",
                 "-serial", f"file:{self.work}/console", "-serial", "stdio"]
        for tag, directory in [("root", self.tree), ("out", self.out), *((f"shared{n}", d) for n, d in enumerate(self.shared))]:
            access = "" if tag == "out" else ",readonly=on"
            words += ["-virtfs", f"local,path={directory},mount_tag={tag},security_model=none,multidevs=remap{access}"]
        return [str(w) for w in words]
