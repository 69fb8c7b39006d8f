"""The life of the .deb on one release of Debian: from the installation to the purge."""
import json, re, shutil, subprocess, time, urllib.request
from pathlib import Path

from journal import eventually, need
from machine import ITSP, MACHINE, SSH_PORT, STRANGER, STRANGER6, MACHINE6, run
from traffic import Probes, Traffic, listens

POLICY = f"""groups:
  itsp: [{ITSP}]
services:
  ssh:     {{ ports: [{SSH_PORT}/tcp], from: [any], management: true }}
  media:   {{ ports: [20000-30000/udp], from: [any] }}
  sip:     {{ ports: [5060/udp], from: [itsp] }}
  metrics: {{ ports: [9090/tcp], from: [any] }}
agent: {{ metrics: {{ host: 0.0.0.0 }} }}
"""
MEDIA, SIP = (STRANGER, 25000), (STRANGER, 5060)
DECISIVE = ("portero-boot.service", "portero.service", "network-pre.target", "systemd-networkd.service")


def newer(package, work):
    """The same package with a higher version."""
    tree = Path(work) / "newer"
    shutil.rmtree(tree, ignore_errors=True)
    run("dpkg-deb", "-R", package, tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^(Version: .*)$", r"\1+next", control.read_text()))
    made = Path(work) / "portero-newer.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, made)
    shutil.rmtree(tree)
    return made


class Installed:
    def __init__(self, machine, package):
        self.machine = machine
        self.package = package

    def cases(self):
        yield "a machine without a firewall answers probes while it boots", self.unprotected
        yield "install over an ssh session, which must stay open", self.install
        yield "the session is still open, and ssh accepts new ones", self.closed_but_for_ssh
        yield "the units are valid and hardened", self.units
        yield "edit over ssh", self.edit
        yield "reload by systemctl, under traffic", self.reload
        yield "a refused edit changes nothing", self.refused_edit
        yield "kill -9 under traffic: the rules stay, systemd starts the agent again", self.killed
        yield "SIGSTOP under traffic: the watchdog restarts the agent", self.stuck
        yield "stop and start under traffic: the rules stay", self.stopped
        yield "upgrade under traffic: no packet is lost, counters continue", self.upgrade
        yield "reboot: the policy is in force before the network is up", self.reboot
        yield "reboot with a refused policy file", self.reboot_refused
        yield "reboot without network and DNS", self.reboot_without_network
        yield "remove: the rules stay, and the package says so", self.remove
        yield "purge: table, user and state are gone", self.purge
        yield "install again", self.install_again

    # -- helpers --

    def metric(self, name):
        with urllib.request.urlopen(f"http://{MACHINE}:9090/metrics", timeout=5) as answer:
            text = answer.read().decode()
        return sum(float(v) for v in re.findall(rf"(?m)^{re.escape(name)}(?:{{.*}})? (\S+)$", text))

    def status(self):
        return json.loads(self.machine.portero("status", "--json").stdout)

    def main_pid(self):
        return self.machine.show("portero.service", "MainPID")

    def restarted(self, before):
        return lambda: self.machine.show("portero.service", "ActiveState") == "active" and self.main_pid() not in ("0", before)

    def drop_in(self, *lines):
        """Changes the unit until the next call or boot. Without lines, removes the change."""
        directory = "/run/systemd/system/portero.service.d"
        self.machine.run("rm", "-rf", directory)
        if lines:
            self.machine.run("mkdir", "-p", directory)
            self.machine.run("sh", "-c", 'printf "%s\\n" "$@" > "$0"', directory + "/here.conf", *lines)
        self.machine.run("systemctl", "daemon-reload")

    def put(self, text):
        self.machine.policy(text)
        checked = self.machine.portero("check", check=False)
        need(checked.returncode == 0, checked.stderr)

    def settled(self):
        """Whether the agent is in sync with the present content of the file, and no policy is on probation."""
        if self.machine.portero("plan", "--detailed-exitcode", check=False).returncode != 0:
            return False
        status = self.status()
        if status["probation"]:
            self.machine.ssh("true")  # the login that confirms
        return status["in_sync"] and not status["probation"] and status["policy"]["last_reload_successful"]

    # -- cases, in this order --

    def unprotected(self):
        with Probes() as probes:
            self.machine.boot()
            eventually(lambda: listens(MACHINE, SSH_PORT), "sshd does not answer")
            time.sleep(1)
        need(len(probes.answers) > 10, "too few probes were answered, so later probes would prove nothing")
        return f"{len(probes.answers)} answers to {probes.sent} probes"

    def install(self):
        self.session = subprocess.Popen([*self.machine.ssh_words(), "while sleep 0.2; do echo alive; done"],
                                        stdout=subprocess.PIPE, text=True)
        need(self.session.stdout.readline() == "alive\n", "there is no session")
        with Probes() as probes:
            done = self.machine.install(self.package)
            eventually(self.machine.in_sync, "the agent is not in sync after the installation")
            before = len(probes.answers)
            time.sleep(1)
            after = len(probes.answers) - before
        need("answers ssh, from anywhere, and nothing else" in done.stderr, f"the package did not say what it did: {done.stderr}")
        need(after == 0, f"{after} probes were answered after the installation")
        self.said = done.stderr.strip()

    def closed_but_for_ssh(self):
        need(f"{SSH_PORT}/tcp" in (self.machine.root / "etc/portero/portero.yaml").read_text(), "sshd's port is not in the policy")
        need(self.session.poll() is None and self.session.stdout.readline() == "alive\n", "the session was cut")
        self.session.terminate()
        need(listens(MACHINE, SSH_PORT), "ssh is closed")
        need(listens(MACHINE6, SSH_PORT, STRANGER6), "ssh is closed over IPv6")
        need(self.machine.show("portero.service", "StatusText").startswith("the policy is in force"), "STATUS does not say that the policy is in force")
        owner = self.machine.run("stat", "-c", "%U:%G %a", "/etc/portero/portero.yaml").stdout.strip()
        need(owner == "root:portero 640", f"owner and mode of the policy are {owner}")

    def units(self):
        said = self.machine.run("systemd-analyze", "verify", "portero.service", "portero-boot.service", check=False)
        need(said.returncode == 0 and "portero" not in said.stderr, said.stderr)
        words = []
        for unit in ("portero.service", "portero-boot.service"):
            said = self.machine.run("systemd-analyze", "security", unit, check=False).stdout
            exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", said).group(1))
            need(exposure < 2.0, f"the exposure level of {unit} is {exposure}")
            words.append(f"{unit} {exposure}")
        status = self.machine.run("cat", f"/proc/{self.main_pid()}/status").stdout
        need(re.search(r"(?m)^CapEff:\s+0000000000001000$", status), "the agent does not have exactly CAP_NET_ADMIN")
        need(not re.search(r"(?m)^Uid:\s+0\b", status), "the agent runs as root")
        return ", ".join(words)

    def edit(self):
        self.put(POLICY)
        eventually(self.settled, "the edit did not come into force")
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            time.sleep(1)
        need(listens(MACHINE, 9090), "the metrics port is closed")
        return traffic.said

    def reload(self):
        before = self.metric("portero_policy_last_reload_success_timestamp_seconds")
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.machine.run("systemctl", "reload", "portero")
            eventually(lambda: self.metric("portero_policy_last_reload_success_timestamp_seconds") > before, "the policy was not read again")
        need(self.machine.show("portero.service", "ActiveState") == "active", "the agent is not active after the reload")
        return traffic.said

    def refused_edit(self):
        rules = self.machine.rules()
        self.machine.policy(POLICY.replace("[itsp]", "[itps]"))
        eventually(lambda: not self.status()["policy"]["last_reload_successful"], "the refusal is not in the status")
        need("itps" in self.machine.journal(), "the refusal is not in the journal")
        need(self.machine.rules() == rules, "the rules changed")
        status = self.machine.show("portero.service", "StatusText")
        need("the file is refused" in status, f"the status for systemd is: {status}")
        self.put(POLICY)
        eventually(self.settled, "the correct file did not come into force")

    def killed(self):
        before = self.main_pid()
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.machine.run("systemctl", "kill", "-s", "KILL", "portero")
            eventually(self.restarted(before), "systemd did not start the agent again")
            eventually(self.machine.in_sync, "the agent is not in sync after the restart")
        return traffic.said

    def stuck(self):
        # With the shipped unit, the watchdog would wait 90 s.
        self.drop_in("[Service]", "WatchdogSec=6s")
        self.machine.run("systemctl", "restart", "portero")
        before = self.main_pid()
        time.sleep(14)
        need(self.main_pid() == before, "the watchdog restarted a healthy agent")
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.machine.run("kill", "-STOP", before)
            eventually(self.restarted(before), "the watchdog did not restart the agent")
            eventually(self.machine.in_sync, "the agent is not in sync after the restart")
        need("watchdog" in self.machine.journal().lower(), "the journal does not name the watchdog")
        self.drop_in()
        self.machine.run("systemctl", "restart", "portero")
        return traffic.said

    def stopped(self):
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.machine.run("systemctl", "stop", "portero")
            time.sleep(0.5)
            need("inet portero" in self.machine.table(), "the table is gone")
            self.machine.run("systemctl", "start", "portero")
            eventually(self.machine.in_sync, "the agent is not in sync after the start")
        return traffic.said

    def upgrade(self):
        package = newer(self.package, self.machine.work)
        nft = self.status()["nft"]
        sealed = nft["sealed"]
        need(sealed or "cannot seal" in nft["unsealed"], f"the table is not sealed: {nft['unsealed']}")
        eventually(lambda: listens(MACHINE, 9090), "the metrics port does not answer")
        packets = 'portero_service_packets_total{service="media",verdict="accept"}'
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            time.sleep(1)
            before = self.counter("media")
            self.machine.install(package)
            eventually(self.machine.in_sync, "the agent is not in sync after the upgrade")
            eventually(lambda: listens(MACHINE, 9090), "the metrics port does not answer")
            after = self.counter("media")
        version = self.machine.run("dpkg-query", "-W", "-f", "${Version}", "portero").stdout
        need(version.endswith("+next"), f"the version is {version}")
        need(after > before > 0, f"{packets} went from {before:.0f} to {after:.0f}")
        need(self.machine.run("cat", "/etc/portero/portero.yaml").stdout == POLICY, "the operator's policy was replaced")
        need(self.status()["nft"]["sealed"] == sealed, f"the table was {'' if sealed else 'not '}sealed before the upgrade, and now it is the opposite")
        if sealed:
            self.machine.run("nft", "flush", "ruleset")  # leaves out tables that another process owns
            deleted = self.machine.run("nft", "delete", "table", "inet", "portero", check=False)
            need(deleted.returncode, "another program deleted the table that the new agent adopted")
            need("inet portero" in self.machine.table(), "the table is gone")
        return (f"{traffic.said}; counter of media {before:.0f}, then {after:.0f}; "
                f"{'sealed, and adopted by the new agent' if sealed else 'not sealed'}")

    def counter(self, service):
        with urllib.request.urlopen(f"http://{MACHINE}:9090/metrics", timeout=5) as answer:
            text = answer.read().decode()
        return float(re.search(rf'portero_service_packets_total{{service="{service}",verdict="accept"}} (\S+)', text).group(1))

    def protected_boot(self, reboot):
        """Reboots while a stranger sends probes: none is answered, and the policy is in force before the network is up."""
        with Probes() as probes:
            reboot()
            time.sleep(1)
        answers = probes.outside(*self.machine.dying)
        need(not answers, f"{len(answers)} answers came to {probes.sent} probes: {set(answers)}")
        boot, agent, before_network, network = (self.entered(u) for u in DECISIVE)
        need(boot <= agent <= before_network <= network, f"in force at {boot}/{agent}, network-pre at {before_network}, network at {network}")
        start = int(self.machine.run("systemctl", "show", "-P", "UserspaceTimestampMonotonic").stdout)
        return (f"{probes.sent} probes, 0 answers; last good policy in force {(boot - start) / 1000:.0f} ms after the start of systemd, "
                f"agent ready {(agent - boot) / 1000:.0f} ms later, network {(network - agent) / 1000:.0f} ms after that")

    def entered(self, unit):
        """When the unit became active, in microseconds since the boot. For the network: when its start began."""
        what = "ExecMainStartTimestampMonotonic" if unit == "systemd-networkd.service" else "ActiveEnterTimestampMonotonic"
        at = int(self.machine.show(unit, what) or 0)
        need(at > 0, f"{unit} did not become active")
        return at

    def reboot(self):
        said = self.protected_boot(self.machine.reboot)
        eventually(lambda: listens(MACHINE, SSH_PORT), "ssh is closed after the reboot")
        need(self.machine.in_sync(), "the agent is not in sync after the reboot")
        return said

    def reboot_refused(self):
        self.machine.policy(POLICY.replace("services:", "servces:"))
        eventually(lambda: not self.status()["policy"]["last_reload_successful"], "the refusal is not in the status")
        said = self.protected_boot(self.machine.reboot)
        status = self.status()
        need(status["policy"]["origin"] == "last_good", f"the origin of the policy is {status['policy']['origin']}")
        need(listens(MACHINE, SSH_PORT), "ssh is closed")
        self.put(POLICY)
        eventually(self.settled, "the correct file did not come into force")
        return said

    def reboot_without_network(self):
        self.put(POLICY.replace(f"[{ITSP}]", f"[{ITSP}, sip.carrier.example]"))
        eventually(self.settled, "a policy with a host name did not come into force without DNS")
        self.machine.network(False)
        try:
            said = self.protected_boot(self.machine.reboot)
            need(self.machine.in_sync(), "the agent is not in sync without a network")
            need(ITSP in self.machine.table(), "the address next to the host name is missing")
        finally:
            self.machine.network(True)
            self.machine.run("networkctl", "reload")
        eventually(lambda: listens(MACHINE, SSH_PORT), "ssh is closed when the network comes back")
        self.put(POLICY)
        eventually(self.settled, "the policy without the host name did not come into force")
        return said

    def remove(self):
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            done = self.machine.run("dpkg", "-r", "portero")
        need("the rules stay in force" in done.stderr, f"the package did not say that the rules stay: {done.stderr}")
        need("inet portero" in self.machine.table(), "the table is gone")
        need(not (self.machine.root / "usr/bin/portero").exists(), "the executable is still there")
        return traffic.said

    def purge(self):
        self.machine.run("dpkg", "-P", "portero")
        need("inet portero" not in self.machine.table(), "the table is still there")
        need(self.machine.run("getent", "passwd", "portero", check=False).returncode == 2, "the user is still there")
        left = self.machine.run("find", "/etc", "/var", "/run", "/usr", "-xdev", "-name", "*portero*", "!", "-path", "/var/log/*").stdout
        left = [f for f in left.split() if "portero-" + self.machine.release not in f and not f.startswith("/var/cache/man/")]
        need(not left, f"these files are left: {left}")

    def install_again(self):
        self.machine.install(self.package)
        eventually(self.machine.in_sync, "the agent is not in sync after the second installation")
        need(listens(MACHINE, SSH_PORT), "ssh is closed")
        with Probes() as probes:
            time.sleep(1)
        need(not probes.answers, "probes are answered")
