"""How the agent recognizes the operator from real logins: the shipped unit reads the sessions of systemd-logind."""
import re, socket, subprocess, time
from contextlib import contextmanager

from installed import POLICY, Installed
from journal import eventually, need
from machine import MACHINE, OPERATOR, SSH_PORT, STRANGER

SHORT, LONG = 10, 40  # seconds: for a probation that must expire, and for one that must not


def narrowed(network, within):
    """A policy that denies a network. Ssh stays open to everybody, so no handshake counts as a login by its address alone."""
    return (POLICY.replace("services:", f"  shut: [{network}]\nservices:")
            + f"deny: [shut]\nsafety: {{ confirm-within: {within}s }}\n")


class Login(Installed):
    """On the machine of Installed, which is in sync with its policy."""

    def cases(self):
        yield "the agent's unit sees who has logged in", self.seen
        yield "a handshake confirms no probation", self.handshake
        yield "a login by ssh confirms a probation", self.login
        yield "a second login of the same operator confirms a probation too", self.second_login
        yield "commands that root runs do not wait until a session ends", self.root_commands

    def session(self):
        return subprocess.Popen([*self.machine.ssh_words(), "sleep 60"], stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def of_logind(self):
        """The files of logind's active sessions. The pipes beside them, named *.ref, are left out: reading one would block."""
        files = self.machine.run("sh", "-c", f"grep -ls ^REMOTE_HOST={OPERATOR} $(grep -ls ^STATE=active /run/systemd/sessions/*[0-9])",
                                 check=False).stdout
        return files.split()

    def seen(self):
        self.put(POLICY)
        eventually(self.settled, "the agent is not in sync before the test")
        session = self.session()
        try:
            # In the mount namespace of the unit, as its user.
            eventually(lambda: re.search(f"REMOTE_HOST={OPERATOR}", self.machine.run(
                "nsenter", "-t", self.main_pid(), "-m", "setpriv", "--reuid=portero", "--clear-groups",
                "sh", "-c", "cat /run/systemd/sessions/*", check=False).stdout),
                "the unit sees no session of logind: is libpam-systemd in the tree?")
        finally:
            session.kill()
            session.wait()

    def probation(self, network, within):
        """Starts a probation by an edit over ssh. The session of the edit has ended when this returns."""
        self.put(narrowed(network, within))
        eventually(lambda: self.status()["probation"], "no probation has started")

    def ends(self):
        """The outcomes of all probations so far, from the audit trail."""
        trail = self.machine.run("cat", "/var/lib/portero/audit.jsonl").stdout
        return re.findall(r'"event":"probation_ended","outcome":"(\w+)"', trail)

    @contextmanager
    def ends_by(self, outcome, network, within=30.0):
        """Checks the outcome of the next probation, and that the table agrees with it."""
        before = len(self.ends())
        yield
        eventually(lambda: len(self.ends()) > before, "the probation does not end", within=within)
        need(self.ends()[before] == outcome, f"the outcome is {self.ends()[before]}")
        eventually(lambda: not self.status()["probation"] and self.machine.in_sync(), "the agent is not in sync")
        need((network in self.machine.table()) == outcome.startswith("confirmed"), "the table does not agree with the audit trail")

    def handshake(self):
        network = "198.51.100.0/24"
        with self.ends_by("expired", network, within=SHORT + 20):
            self.probation(network, SHORT)
            handshakes = [socket.create_connection((MACHINE, SSH_PORT), 5, (source, 0)) for source in (STRANGER, OPERATOR)]
        for handshake in handshakes:
            handshake.close()

    def login(self):
        network = "198.51.101.0/24"
        with self.ends_by("confirmed_by_connection", network):
            self.probation(network, LONG)
            session = self.session()
        session.kill()
        session.wait()
        self.restore()

    def second_login(self):
        network = "198.51.102.0/24"
        older = self.session()
        eventually(self.of_logind, "logind has no session")
        with self.ends_by("confirmed_by_connection", network):
            self.probation(network, LONG)
            time.sleep(3)
            need(self.status()["probation"], "the older session has confirmed the probation")
            newer = self.session()
        for session in (newer, older):
            session.kill()
            session.wait()
        self.restore()

    def restore(self):
        self.put(POLICY)
        eventually(self.settled, "the previous policy did not come into force")

    def root_commands(self):
        session = self.session()
        eventually(self.of_logind, "logind has no session")
        try:
            for words in (("ban", "192.0.2.66", "--for", "1m"), ("unban", "192.0.2.66"), ("plan",)):
                start = time.monotonic()
                self.machine.portero(*words)
                need(time.monotonic() - start < 20, f"portero {words[0]} took too long")
        finally:
            session.kill()
            session.wait()
