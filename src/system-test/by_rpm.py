"""The .rpm, by rpm itself and a real systemd; on a Debian, whose rpm knows of no packages that it could depend on."""
import time

from installed import POLICY, Installed
from journal import eventually, need
from machine import MACHINE, SSH_PORT, run
from traffic import Knocking, listens


class ByRpm(Installed):
    """On a machine that has nothing of ours."""

    def cases(self):
        yield "boot without a firewall", self.machine.boot
        yield "install", self.install
        yield "the units are sound and locked up", self.units
        yield "edit over ssh", self.edit
        yield "install it once more, as an upgrade does: the policy stays", self.upgrade
        yield "reboot: in force before the network", self.reboot
        yield "erase: the rules and the operator's policy stay", self.erase

    def rpm(self, *words):
        return self.machine.run("rpm", *words)

    def install(self):
        run("cp", self.package, self.machine.root / "root/portero.rpm")
        done = self.rpm("-i", "--nodeps", "/root/portero.rpm")
        need("answers ssh, from anywhere, and nothing else" in done.stderr, f"it did not say what it did: {done.stderr}")
        eventually(self.machine.in_sync, "it is not in sync after the installation")
        need(listens(MACHINE, SSH_PORT), "ssh is closed")
        with Knocking() as knocking:
            time.sleep(1)
        need(not knocking.answers, "knocks are answered")

    def upgrade(self):
        self.rpm("-U", "--nodeps", "--force", "/root/portero.rpm")
        eventually(self.machine.in_sync, "it is not in sync after the upgrade")
        need(self.machine.run("cat", "/etc/portero/portero.yaml").stdout == POLICY, "the operator's policy was replaced")

    def erase(self):
        done = self.rpm("-e", "portero")
        need("the rules stay in force" in done.stderr, f"it did not say that the rules stay: {done.stderr}")
        need("inet portero" in self.machine.table(), "the table is gone")
        need((self.machine.root / "etc/portero/portero.yaml.rpmsave").exists(), "the operator's policy is gone")
