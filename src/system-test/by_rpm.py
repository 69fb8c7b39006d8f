"""The life of the .rpm with a real rpm and systemd. The machine is a Debian, so rpm cannot find what the package requires."""
import time

from installed import POLICY, Installed
from journal import eventually, need
from machine import MACHINE, SSH_PORT, run
from traffic import Probes, listens


class ByRpm(Installed):
    """On a new machine without Portero."""

    def cases(self):
        yield "boot without a firewall", self.machine.boot
        yield "install", self.install
        yield "the units are valid and hardened", self.units
        yield "edit over ssh", self.edit
        yield "install the package again as an upgrade: the policy stays", self.upgrade
        yield "reboot: the policy is in force before the network is up", self.reboot
        yield "erase: the rules and the operator's policy stay", self.erase

    def rpm(self, *words):
        return self.machine.run("rpm", *words)

    def install(self):
        run("cp", self.package, self.machine.root / "root/portero.rpm")
        done = self.rpm("-i", "--nodeps", "/root/portero.rpm")
        need("answers ssh, from anywhere, and nothing else" in done.stderr, f"the package did not say what it did: {done.stderr}")
        eventually(self.machine.in_sync, "the agent is not in sync after the installation")
        need(listens(MACHINE, SSH_PORT), "ssh is closed")
        with Probes() as probes:
            time.sleep(1)
        need(not probes.answers, "probes are answered")

    def upgrade(self):
        self.rpm("-U", "--nodeps", "--force", "/root/portero.rpm")
        eventually(self.machine.in_sync, "the agent is not in sync after the upgrade")
        need(self.machine.run("cat", "/etc/portero/portero.yaml").stdout == POLICY, "the operator's policy was replaced")

    def erase(self):
        done = self.rpm("-e", "portero")
        need("the rules stay in force" in done.stderr, f"the package did not say that the rules stay: {done.stderr}")
        need("inet portero" in self.machine.table(), "the table is gone")
        need((self.machine.root / "etc/portero/portero.yaml.rpmsave").exists(), "the operator's policy is gone")
