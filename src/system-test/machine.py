"""A Debian that really boots: systemd-nspawn on a copy of a tree made by debootstrap, with its own network."""
import os, re, signal, subprocess, time
from pathlib import Path

from journal import Failed, eventually, need

CACHE = Path(os.environ.get("SYSTEM_TEST_CACHE", "/var/cache/portero-system-test"))
PACKAGES = "systemd-sysv,libpam-systemd,dbus,nftables,conntrack,openssh-server,iproute2,procps,man-db,rpm,libfaketime"
BRIDGE = "portero-br"
OPERATOR, ITSP, STRANGER, MACHINE = "10.77.0.1", "10.77.0.50", "10.77.0.66", "10.77.0.2"
MACHINE6, STRANGER6 = "fd77::2", "fd77::66"
SSH_PORT = 2222


def run(*words, check=True, timeout=120):
    done = subprocess.run([str(w) for w in words], text=True, capture_output=True, timeout=timeout)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(str(w) for w in words)}: {(done.stderr or done.stdout).strip()[-600:]}")
    return done


def tree(release, cache=None, packages=None):
    """The tree of a release, made by debootstrap. It is kept, and made again only if the list of packages has changed."""
    packages = packages or PACKAGES
    made = (cache or CACHE) / release
    complete = made / "complete"
    if not complete.exists() or complete.read_text() != packages:
        print(f"Running debootstrap for {release} in {made}: this takes a minute, and is done once", flush=True)
        run("rm", "-rf", made)
        made.parent.mkdir(parents=True, exist_ok=True)
        run("debootstrap", f"--include={packages}", release, made, timeout=900)
        complete.write_text(packages)
    return made


def outside():
    """Creates the network of the machines: a bridge here, with addresses of the operator, the carrier and a stranger."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", BRIDGE, "type", "bridge")
    run("ip", "link", "set", BRIDGE, "up")
    for address in (OPERATOR, ITSP, STRANGER):
        run("ip", "addr", "add", f"{address}/24", "dev", BRIDGE)
    run("ip", "addr", "add", f"{STRANGER6}/64", "dev", BRIDGE, "nodad")


class Machine:
    """One Debian machine. Its changes are written to an overlay, which is deleted afterwards."""

    def __init__(self, release, work):
        self.release = release
        self.work = Path(work) / release
        self.root = self.work / "root"
        for directory in ("upper", "layer", "root"):
            (self.work / directory).mkdir(parents=True)
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={tree(release)},upperdir={self.work}/upper,workdir={self.work}/layer", self.root)
        self.key = self.work / "key"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key)
        self.nspawn = None
        self.configure()

    def configure(self):
        self.write("/etc/hostname", f"portero-{self.release}\n")
        self.write("/etc/ssh/sshd_config.d/here.conf", f"Port {SSH_PORT}\nUseDNS no\n")
        self.write("/root/.ssh/authorized_keys", self.key.with_suffix(".pub").read_text(), 0o600)
        self.write("/etc/resolv.conf", f"nameserver {OPERATOR}\noptions timeout:1 attempts:1\n")
        self.network(True)
        for unit in ("systemd-networkd.service", "ssh.service"):
            run("systemctl", "--root", self.root, "enable", unit)
        # These need hardware or the Internet, and only take time here.
        for unit in ("systemd-networkd-wait-online.service", "apt-daily.timer", "apt-daily-upgrade.timer"):
            run("systemctl", "--root", self.root, "mask", unit)

    def network(self, there):
        file = "/etc/systemd/network/10-host0.network"
        if there:
            self.write(file, f"[Match]\nName=host0\n[Network]\nAddress={MACHINE}/24\nAddress={MACHINE6}/64\n"
                             f"Gateway={OPERATOR}\nIPv6AcceptRA=no\nIPv6DuplicateAddressDetection=0\n")
        else:
            (self.root / file[1:]).unlink()

    def write(self, file, text, mode=0o644):
        path = self.root / file.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def boot(self, *options):
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", str(self.root), "--boot", "--register=no", "--keep-unit",
             f"--machine=portero-{self.release}", f"--network-bridge={BRIDGE}", *options],
            stdin=subprocess.DEVNULL, stdout=open(self.work / "console", "ab"), stderr=subprocess.STDOUT)
        self.wait()

    def leader(self):
        """The process id of the machine's process 1, or None while there is none."""
        found = run("pgrep", "-P", self.nspawn.pid, check=False).stdout.split()
        return int(found[0]) if found else None

    def wait(self):
        def up():
            if self.nspawn.poll() is not None:
                raise Failed(f"systemd-nspawn ended: {(self.work / 'console').read_text(errors='replace')[-600:]}")
            state = self.run("systemctl", "is-system-running", check=False).stdout.strip() if self.leader() else ""
            return state in ("running", "degraded")

        eventually(up, "the machine did not finish booting within 90 s", within=90)

    def run(self, *words, check=True, timeout=120):
        return run("nsenter", "-t", self.leader(), "-a", "env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                   "DEBIAN_FRONTEND=noninteractive", *words, check=check, timeout=timeout)

    def ssh(self, *words, check=True, timeout=20):
        return run(*self.ssh_words(), *words, check=check, timeout=timeout)

    def ssh_words(self):
        return ["ssh", "-i", str(self.key), "-p", str(SSH_PORT), "-o", "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=5", f"root@{MACHINE}"]

    def reboot(self):
        """Boots again, and records when the old network namespace ended: the kernel removes its rules before its interfaces."""
        leader = self.leader()
        self.run("systemctl", "--no-block", "reboot", check=False)
        died = self.last_alive(leader)
        try:
            code = self.nspawn.wait(90)
        except subprocess.TimeoutExpired:
            raise Failed("the machine did not shut down within 90 s") from None
        need(code == 133, f"systemd-nspawn ended with {code} instead of 133, which asks for a reboot")
        self.dying = (died, time.monotonic())
        self.boot()

    @staticmethod
    def last_alive(process, within=90):
        """The last time at which the process was seen alive."""
        seen = start = time.monotonic()
        while seen < start + within:
            now = time.monotonic()
            try:
                if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                    return seen
            except OSError:
                return seen
            seen = now
            time.sleep(0.001)
        raise Failed(f"the machine did not shut down within {within} s")

    def power_off(self):
        if self.nspawn and self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)  # systemd-nspawn then shuts the machine down cleanly
            try:
                self.nspawn.wait(60)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        self.nspawn = None

    def close(self):
        self.power_off()
        run("umount", self.root)

    def show(self, unit, what):
        return self.run("systemctl", "show", "-P", what, unit).stdout.strip()

    def install(self, package, check=True):
        run("cp", package, self.root / "root" / Path(package).name)
        return self.run("dpkg", "-i", f"/root/{Path(package).name}", check=check)

    def portero(self, *words, check=True):
        return self.run("portero", *words, check=check)

    def policy(self, text, mode=0o640):
        """Replaces the policy over ssh as an editor does: writes a new file, and renames it."""
        done = subprocess.run(
            [*self.ssh_words(), "cat > /etc/portero/.new && chown root:portero /etc/portero/.new && "
             f"chmod {mode:o} /etc/portero/.new && mv /etc/portero/.new /etc/portero/portero.yaml"],
            input=text, text=True, capture_output=True, timeout=20)
        need(done.returncode == 0, f"the policy could not be edited over ssh: {done.stderr.strip()}")

    def journal(self, unit="portero.service"):
        return self.run("journalctl", "-b", "--no-pager", "-o", "cat", "-u", unit).stdout

    def in_sync(self):
        done = self.portero("status", check=False)
        return done.returncode == 0 and done.stdout.lower().startswith("in sync")

    def rules(self):
        """The table without members of sets and without values of counters."""
        listed = self.run("nft", "-t", "list", "table", "inet", "portero").stdout
        return re.sub(r"packets \d+ bytes \d+", "", listed)

    def table(self):
        return self.run("nft", "list", "table", "inet", "portero", check=False).stdout
