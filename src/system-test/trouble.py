"""Faults of the host: the agent reports each in one clear sentence, and the rules do not change."""
import re, subprocess, sys, time

from installed import MEDIA, POLICY, SIP, Installed
from journal import eventually, need
from machine import MACHINE, SSH_PORT, run
from traffic import Traffic, listens


class Trouble(Installed):
    """On the machine of Installed, after its last case."""

    def cases(self):
        yield "another user owns the policy file", self.owned_by_another
        yield "another program uses the metrics port", self.port_taken
        yield "a second agent is started", self.second
        yield "the state directory is full", self.full
        yield "nft is missing for a while", self.nft_gone
        yield "a container on the host network creates a set with a newer nft while the agent runs", self.newer_set_comes
        yield "the agent starts while that set exists", self.newer_set_is_there
        yield "portero-nft is installed, and removed again", self.newer_nft_installed
        yield "a kernel without nf_tables", self.no_nf_tables
        yield "no IPv6 on the host", self.no_ipv6
        yield "no CAP_NET_ADMIN in the container", self.no_capability
        yield "the clock says 1970", self.clock_of_1970

    def said_since(self, moment):
        return self.machine.run("journalctl", "-b", "--no-pager", "-o", "cat", "-u", "portero.service", "--since", moment).stdout

    def now(self):
        time.sleep(1.1)  # the journal's --since has whole seconds
        return self.machine.run("date", "+%Y-%m-%d %H:%M:%S").stdout.strip()

    def sentence(self, moment, pattern):
        """The line of the agent's log that matches the pattern. The log must not contain a stack trace."""
        def told():
            return next((l for l in self.said_since(moment).splitlines() if re.search(pattern, l)), None)
        line = eventually(told, lambda: f"no line of the journal matches /{pattern}/: {self.said_since(moment)[-1500:]}")
        text = self.said_since(moment)
        need("\tat " not in text and "Exception" not in text, f"the journal contains a stack trace: {text[-1500:]}")
        return f"“{line.strip()}”"

    def recover(self):
        self.put(POLICY)
        eventually(self.settled, "the agent did not recover")
        need(listens(MACHINE, SSH_PORT), "ssh is closed")

    def owned_by_another(self):
        self.recover()
        moment = self.now()
        self.machine.run("chown", "nobody", "/etc/portero/portero.yaml")
        with Traffic(self.machine, MEDIA, SIP):
            self.machine.run("systemctl", "reload", "portero")
            said = self.sentence(moment, "owned by|belongs to|owner")
        need("chown" in said, f"the message does not name the remedy: {said}")
        self.machine.run("rm", "/etc/portero/portero.yaml")
        self.recover()
        return said

    def port_taken(self):
        self.machine.run("systemctl", "stop", "portero")
        another = subprocess.Popen(["nsenter", "-t", str(self.machine.leader()), "-n", sys.executable, "-m", "http.server", "9090"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: listens(MACHINE, 9090), "the other program does not use the port")
        moment = self.now()
        self.machine.run("systemctl", "start", "portero")
        said = self.sentence(moment, "9090")
        need(self.machine.in_sync(), "the agent does not enforce the policy")
        another.kill()
        another.wait()
        self.machine.run("systemctl", "restart", "portero")
        eventually(lambda: self.metric("portero_in_sync") == 1, "there are no metrics after the port has become free")
        return said

    def second(self):
        done = self.machine.portero("run", check=False)
        need(done.returncode == 1, f"the exit code is {done.returncode}")
        need(re.search(r"process id \d+", done.stderr) and "\tat " not in done.stderr, done.stderr)
        return f"“{done.stderr.strip().splitlines()[-1]}”"

    def full(self):
        moment = self.now()
        self.machine.run("systemctl", "stop", "portero")
        self.machine.run("mount", "-t", "tmpfs", "-o", "size=16k,mode=0750,uid=portero,gid=portero", "none", "/var/lib/portero")
        self.machine.run("sh", "-c", "cat /dev/zero > /var/lib/portero/filler", check=False)
        try:
            with Traffic(self.machine, MEDIA, SIP):
                self.machine.run("systemctl", "start", "portero")
                said = self.sentence(moment, "(?i)no space")
                need(self.machine.in_sync(), "the agent does not enforce the policy")
                self.put(POLICY.replace("media:", "more:    { ports: [8443/tcp], from: [any] }\n  media:"))
                eventually(lambda: "8443" in self.machine.table(), "an edit does not come into force while the disk is full")
        finally:
            self.machine.run("systemctl", "stop", "portero")
            self.machine.run("umount", "/var/lib/portero")
            self.machine.run("systemctl", "start", "portero")
        self.recover()
        return said

    def nft_gone(self):
        self.recover()
        sealed = self.status()["nft"]["sealed"]
        moment = self.now()
        self.machine.run("mv", "/usr/sbin/nft", "/usr/sbin/nft.away")
        try:
            with Traffic(self.machine, MEDIA, SIP):
                self.put(POLICY.replace("media:", "more:    { ports: [8444/tcp], from: [any] }\n  media:"))
                if sealed:  # the nft that owns the table runs already
                    eventually(lambda: self.admits(8444), "the nft that runs does not take up an edit")
                else:
                    said = self.sentence(moment, "the program nft does not exist")
                self.machine.run("systemctl", "restart", "--no-block", "portero")
                if sealed:
                    said = self.sentence(moment, "the program nft does not exist")
                time.sleep(3)
        finally:
            self.machine.run("mv", "/usr/sbin/nft.away", "/usr/sbin/nft")
        eventually(self.settled, "the agent does not recover when nft is back", within=90)
        need("8444" in self.machine.table(), "the edit is not in force")
        self.recover()
        return said

    # -- a newer nft than that of the machine, as in a container on the host network --

    def newer_nft(self, *words, text=None):
        """Runs the nft of portero-nft, unpacked in a place where the agent does not look."""
        home = "/root/container/usr/lib/portero/nft"
        if text is not None:
            self.machine.write("/root/container.nft", text)
            words = (*words, "/root/container.nft")
        return self.machine.run(f"{home}/lib/nft", "--library-path", f"{home}/lib", f"{home}/sbin/nft", *words)

    def newer_package(self):
        found = sorted(self.package.parent.glob("portero-nft_*.deb"))
        need(found, "there is no portero-nft in target/packages: run make packages")
        return found[0]

    def crashes(self):
        return self.machine.run("nft", "list", "tables", check=False).returncode in (-11, 139)

    def edited(self, port):
        self.put(POLICY.replace("media:", f"more:    {{ ports: [{port}/tcp], from: [any] }}\n  media:"))
        # The agent is asked, because the nft of the machine may not be able to read a table of a newer nft.
        eventually(lambda: self.admits(port), "an edit does not come into force")

    def admits(self, port):
        status = self.status()
        return status["in_sync"] and any(f"{port}/tcp" in service["ports"] for service in status["services"])

    def newer_set_comes(self):
        self.recover()
        run("dpkg-deb", "-x", self.newer_package(), self.machine.root / "root/container")
        moment = self.now()
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.newer_nft("-f", text="table inet container {\n\tset declared {\n\t\ttype ipv4_addr\n"
                                      "\t\telements = { 192.0.2.200 }\n\t}\n}\n")
            self.edited(8446)
        if not self.status()["nft"]["sealed"]:  # the kernel lets nobody delete a sealed table
            self.newer_nft("delete", "table", "inet", "portero")  # not under Traffic: packets come in until it is restored
        eventually(lambda: "8446" in self.machine.table(), "a deleted table is not restored")
        with Traffic(self.machine, MEDIA, SIP):
            self.edited(8447)
        need(self.machine.show("portero.service", "LimitCORE") == "0", "nft may write core dumps")
        need(self.machine.portero("ban", "192.0.2.66").returncode == 0, "the ban failed")
        self.machine.portero("unban", "192.0.2.66")
        if not self.crashes():
            return f"the nft of this machine can read the set; {traffic.said}"
        said = self.sentence(moment, "segmentation fault")
        need(self.said_since(moment).count("died of a segmentation fault") == 1, "the crash is logged more than once")
        need("portero-nft" in self.status()["nft"]["problem"], self.status()["nft"])
        need(self.metric("portero_nft_crashes_total") > 0, "no crash is counted")
        return said

    def newer_set_is_there(self):
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.machine.run("systemctl", "stop", "portero")
            self.put(POLICY.replace("media:", "more:    { ports: [8448/tcp], from: [any] }\n  media:"))
            self.machine.run("systemctl", "start", "portero")
            eventually(lambda: "8448" in self.machine.table() and self.machine.in_sync(), "the agent does not enforce the policy")
        need("container" in self.newer_nft("list", "tables").stdout, "the container's table is gone")
        return traffic.said

    def newer_nft_installed(self):
        with Traffic(self.machine, MEDIA, SIP):
            self.machine.install(self.newer_package())
            self.edited(8449)
            nft = self.status()["nft"]
            need(nft["program"] == "/usr/lib/portero/nft/bin/nft" and nft["problem"] is None, nft)
            self.machine.run("systemctl", "restart", "portero")
            self.edited(8450)
            need(self.status()["nft"]["crashes"] == 0, "nft still crashes")
        done = self.machine.run("dpkg", "--purge", "portero-nft")
        need("until the next boot" in done.stdout + done.stderr, "the package does not say that the old nft may not read the table")
        self.protected_boot(self.machine.reboot)
        self.edited(8451)
        need(self.status()["nft"]["program"] == "nft", self.status()["nft"])
        self.machine.run("rm", "-rf", "/root/container", "/root/container.nft")
        self.recover()
        return f"nft {nft['version']}"

    def no_nf_tables(self):
        # The host has only one kernel. So the unit loses AF_NETLINK, the socket family of nf_tables.
        moment = self.now()
        self.drop_in("[Service]", "RestrictAddressFamilies=", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6")
        try:
            self.machine.run("systemctl", "restart", "--no-block", "portero")
            said = self.sentence(moment, "(?i)netlink|nf_tables")
        finally:
            self.drop_in()
            self.machine.run("systemctl", "restart", "portero")
        self.recover()
        return said

    def no_ipv6(self):
        self.machine.run("sysctl", "-q", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1", check=False)
        self.machine.write("/etc/sysctl.d/no6.conf", "net.ipv6.conf.all.disable_ipv6=1\nnet.ipv6.conf.default.disable_ipv6=1\n")
        said = self.protected_boot(self.machine.reboot)
        need(self.machine.in_sync() and listens(MACHINE, SSH_PORT), "the agent is not in sync without IPv6")
        (self.machine.root / "etc/sysctl.d/no6.conf").unlink()
        return said

    def no_capability(self):
        self.machine.power_off()
        # With the shipped unit, the network would wait 45 s for the agent.
        quick = "/etc/systemd/system/portero.service.d/quick.conf"
        self.machine.write(quick, "[Service]\nTimeoutStartSec=8s\n")
        try:
            self.machine.boot("--drop-capability=CAP_NET_ADMIN")
            text = self.machine.journal()
            line = next((l for l in text.splitlines() if "CAP_NET_ADMIN" in l), None)
            need(line and "\tat " not in text, f"the journal does not report it properly: {text[-1500:]}")
            done = self.machine.run("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", "portero", "apply", check=False)
            need(done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1, f"{done.returncode}: {done.stderr}")
        finally:
            (self.machine.root / quick[1:]).unlink()
            self.machine.power_off()
            self.machine.boot()
        eventually(self.machine.in_sync, "the agent is not in sync after the capability is back")
        return f"“{line}”"

    def clock_of_1970(self):
        library = next((str(p) for p in self.machine.root.glob("usr/lib/*/faketime/libfaketime.so.1")), None)
        need(library, "libfaketime is not in the tree")
        self.drop_in("[Service]", f"Environment=LD_PRELOAD={library[len(str(self.machine.root)):]}",
                     'Environment="FAKETIME=@1970-01-01 00:00:10" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0')
        self.machine.run("systemctl", "restart", "portero")
        try:
            status = self.status()
            need(status["since"].startswith("1970") or status["policy"]["last_reload_success"].startswith("1970"), "the agent's clock does not say 1970")
            with Traffic(self.machine, MEDIA, SIP) as traffic:
                self.put(POLICY.replace("media:", "more:    { ports: [8445/tcp], from: [any] }\n  media:"))
                eventually(lambda: "8445" in self.machine.table(), "an edit does not come into force in 1970")
        finally:
            self.drop_in()
            self.machine.run("systemctl", "restart", "portero")
        self.recover()
        return traffic.said
