"""Who the operator is, on a machine where people log in for real: systemd-logind tells it to the unit as it is shipped."""
import re, socket, subprocess, time
from contextlib import contextmanager

from installed import POLICY, Installed
from journal import eventually, need
from machine import MACHINE, OPERATOR, SSH_PORT, STRANGER

SHORT, LONG = 10, 40  # seconds, for what must run out and for what must not


def narrowed(network, within):
    """Everybody may still try to log in by ssh, so that no handshake is a way in by its address alone."""
    return (POLICY.replace("services:", f"  shut: [{network}]\nservices:")
            + f"deny: [shut]\nsafety: {{ confirm-within: {within}s }}\n")


class Login(Installed):
    """On the machine of {Installed}, in sync with its policy."""

    def cases(self):
        yield "the unit sees who has logged in", self.seen
        yield "a handshake confirms no probation", self.handshake
        yield "a login by ssh confirms a probation", self.login
        yield "a login beside an older one of the same operator confirms it too", self.second_login
        yield "commands of root do not wait for the end of a session", self.root_commands

    def session(self):
        return subprocess.Popen([*self.machine.ssh_words(), "sleep 60"], stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def of_logind(self):
        """Those that go on; what is closing proves nothing. The pipes beside them end in .ref: whoever reads one waits."""
        files = self.machine.run("sh", "-c", f"grep -ls ^REMOTE_HOST={OPERATOR} $(grep -ls ^STATE=active /run/systemd/sessions/*[0-9])",
                                 check=False).stdout
        return files.split()

    def seen(self):
        self.put(POLICY)
        eventually(self.settled, "it is not in sync to begin with")
        session = self.session()
        try:
            # In the unit's own mounts and with its user.
            eventually(lambda: re.search(f"REMOTE_HOST={OPERATOR}", self.machine.run(
                "nsenter", "-t", self.main_pid(), "-m", "setpriv", "--reuid=portero", "--clear-groups",
                "sh", "-c", "cat /run/systemd/sessions/*", check=False).stdout),
                "the unit sees no session of logind: is libpam-systemd in the tree?")
        finally:
            session.kill()
            session.wait()

    def probation(self, network, within):
        """The edit is over, and so is the session that made it."""
        self.put(narrowed(network, within))
        eventually(lambda: self.status()["probation"], "there is no probation")

    def ends(self):
        """How the probations ended so far, by the trail."""
        trail = self.machine.run("cat", "/var/lib/portero/audit.jsonl").stdout
        return re.findall(r'"event":"probation_ended","outcome":"(\w+)"', trail)

    @contextmanager
    def ends_by(self, outcome, network, within=30.0):
        """The next one, and then the policy is in force or it is not."""
        before = len(self.ends())
        yield
        eventually(lambda: len(self.ends()) > before, "the probation goes on", within=within)
        need(self.ends()[before] == outcome, f"it ended {self.ends()[before]}")
        eventually(lambda: not self.status()["probation"] and self.machine.in_sync(), "it is not in sync")
        need((network in self.machine.table()) == outcome.startswith("confirmed"), "the table is not as the trail says")

    def handshake(self):
        network = "198.51.100.0/24"
        with self.ends_by("expired", network, within=SHORT + 20):
            self.probation(network, SHORT)
            knocks = [socket.create_connection((MACHINE, SSH_PORT), 5, (source, 0)) for source in (STRANGER, OPERATOR)]
        for knock in knocks:
            knock.close()

    def login(self):
        network = "198.51.101.0/24"
        with self.ends_by("confirmed_by_connection", network):
            self.probation(network, LONG)
            session = self.session()
        session.kill()
        session.wait()
        self.well()

    def second_login(self):
        network = "198.51.102.0/24"
        older = self.session()
        eventually(self.of_logind, "logind has no session")
        with self.ends_by("confirmed_by_connection", network):
            self.probation(network, LONG)
            time.sleep(3)
            need(self.status()["probation"], "the older session has confirmed it")
            newer = self.session()
        for session in (newer, older):
            session.kill()
            session.wait()
        self.well()

    def well(self):
        self.put(POLICY)
        eventually(self.settled, "the policy before was not taken up")

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
