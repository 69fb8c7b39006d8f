"""A host that is not as it should be: every trouble gets one clear sentence, and the rules stay as they were."""
import re, subprocess, sys, time

from installed import MEDIA, POLICY, SIP, Installed
from journal import eventually, need
from machine import MACHINE, SSH_PORT, run
from traffic import Traffic, listens


class Trouble(Installed):
    """On the machine of {Installed}, after its last case."""

    def cases(self):
        yield "a policy that somebody else owns", self.owned_by_another
        yield "the port of the metrics is taken", self.port_taken
        yield "a second agent", self.second
        yield "the state directory is full", self.full
        yield "nft goes away and comes back", self.nft_gone
        yield "a container on the host network writes with a newer nft while the agent runs", self.newer_set_comes
        yield "what it wrote is there before the agent starts", self.newer_set_is_there
        yield "portero-nft is installed beside it, and goes again", self.newer_nft_installed
        yield "a kernel that has no nf_tables to offer", self.no_nf_tables
        yield "no IPv6 on the host", self.no_ipv6
        yield "no CAP_NET_ADMIN in the container", self.no_capability
        yield "the clock stands in 1970", self.long_ago

    def said_since(self, moment):
        return self.machine.run("journalctl", "-b", "--no-pager", "-o", "cat", "-u", "portero.service", "--since", moment).stdout

    def now(self):
        time.sleep(1.1)  # the journal's --since knows whole seconds
        return self.machine.run("date", "+%Y-%m-%d %H:%M:%S").stdout.strip()

    def sentence(self, moment, pattern):
        """The one line that the agent said about it; never a stack trace."""
        def told():
            return next((l for l in self.said_since(moment).splitlines() if re.search(pattern, l)), None)
        line = eventually(told, lambda: f"the journal has nothing like /{pattern}/: {self.said_since(moment)[-1500:]}")
        text = self.said_since(moment)
        need("\tat " not in text and "Exception" not in text, f"a stack trace: {text[-1500:]}")
        return f"“{line.strip()}”"

    def well_again(self):
        self.put(POLICY)
        eventually(self.settled, "it did not get well again")
        need(listens(MACHINE, SSH_PORT), "ssh is closed")

    def owned_by_another(self):
        self.well_again()
        moment = self.now()
        self.machine.run("chown", "nobody", "/etc/portero/portero.yaml")
        with Traffic(self.machine, MEDIA, SIP):
            self.machine.run("systemctl", "reload", "portero")
            said = self.sentence(moment, "owned by|belongs to|owner")
        need("chown" in said, f"it does not name the way out: {said}")
        self.machine.run("rm", "/etc/portero/portero.yaml")
        self.well_again()
        return said

    def port_taken(self):
        self.machine.run("systemctl", "stop", "portero")
        another = subprocess.Popen(["nsenter", "-t", str(self.machine.leader()), "-n", sys.executable, "-m", "http.server", "9090"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: listens(MACHINE, 9090), "nobody took the port")
        moment = self.now()
        self.machine.run("systemctl", "start", "portero")
        said = self.sentence(moment, "9090")
        need(self.machine.in_sync(), "it does not enforce")
        another.kill()
        another.wait()
        self.machine.run("systemctl", "restart", "portero")
        eventually(lambda: self.metric("portero_in_sync") == 1, "no metrics when the port is free again")
        return said

    def second(self):
        done = self.machine.portero("run", check=False)
        need(done.returncode == 1, f"exit code {done.returncode}")
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
                need(self.machine.in_sync(), "it does not enforce")
                self.put(POLICY.replace("media:", "more:    { ports: [8443/tcp], from: [any] }\n  media:"))
                eventually(lambda: "8443" in self.machine.table(), "an edit is not taken up with a full disk")
        finally:
            self.machine.run("systemctl", "stop", "portero")
            self.machine.run("umount", "/var/lib/portero")
            self.machine.run("systemctl", "start", "portero")
        self.well_again()
        return said

    def nft_gone(self):
        self.well_again()
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
        eventually(lambda: "8444" in self.machine.table(), "it does not recover when nft is back", within=90)
        self.well_again()
        return said

    # -- a newer nft than the machine's own, as a container on the host network has one --

    def newer_nft(self, *words, text=None):
        """By the nft of portero-nft, unpacked where no agent finds it."""
        home = "/root/container/usr/lib/portero/nft"
        if text is not None:
            self.machine.write("/root/container.nft", text)
            words = (*words, "/root/container.nft")
        return self.machine.run(f"{home}/lib/nft", "--library-path", f"{home}/lib", f"{home}/sbin/nft", *words)

    def newer_package(self):
        found = sorted(self.package.parent.glob("portero-nft_*.deb"))
        need(found, "there is no portero-nft in target/packages: run make packages")
        return found[0]

    def dies(self):
        return self.machine.run("nft", "list", "tables", check=False).returncode in (-11, 139)

    def edited(self, port):
        self.put(POLICY.replace("media:", f"more:    {{ ports: [{port}/tcp], from: [any] }}\n  media:"))
        # Not by nft: the machine's own may not be able to read what a newer one wrote.
        eventually(lambda: self.admits(port), "an edit is not taken up")

    def admits(self, port):
        status = self.status()
        return status["in_sync"] and any(f"{port}/tcp" in service["ports"] for service in status["services"])

    def newer_set_comes(self):
        self.well_again()
        run("dpkg-deb", "-x", self.newer_package(), self.machine.root / "root/container")
        moment = self.now()
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.newer_nft("-f", text="table inet container {\n\tset declared {\n\t\ttype ipv4_addr\n"
                                      "\t\telements = { 192.0.2.200 }\n\t}\n}\n")
            self.edited(8446)
        if not self.status()["nft"]["sealed"]:  # else the kernel refuses it
            self.newer_nft("delete", "table", "inet", "portero")  # what comes in until it is back is nobody's fault
        eventually(lambda: "8446" in self.machine.table(), "a deleted table is not put back")
        with Traffic(self.machine, MEDIA, SIP):
            self.edited(8447)
        need(self.machine.show("portero.service", "LimitCORE") == "0", "nft leaves cores behind")
        need(self.machine.portero("ban", "192.0.2.66").returncode == 0, "no ban")
        self.machine.portero("unban", "192.0.2.66")
        if not self.dies():
            return f"this nft reads it; {traffic.said}"
        said = self.sentence(moment, "segmentation fault")
        need(self.said_since(moment).count("died of a segmentation fault") == 1, "it is said more than once")
        need("portero-nft" in self.status()["nft"]["problem"], self.status()["nft"])
        need(self.metric("portero_nft_crashes_total") > 0, "no crash is counted")
        return said

    def newer_set_is_there(self):
        with Traffic(self.machine, MEDIA, SIP) as traffic:
            self.machine.run("systemctl", "stop", "portero")
            self.put(POLICY.replace("media:", "more:    { ports: [8448/tcp], from: [any] }\n  media:"))
            self.machine.run("systemctl", "start", "portero")
            eventually(lambda: "8448" in self.machine.table() and self.machine.in_sync(), "it does not enforce")
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
            need(self.status()["nft"]["crashes"] == 0, "it crashes all the same")
        done = self.machine.run("dpkg", "--purge", "portero-nft")
        need("until the next boot" in done.stdout + done.stderr, "it does not say that the old nft may not read the table")
        self.protected_boot(self.machine.reboot)
        self.edited(8451)
        need(self.status()["nft"]["program"] == "nft", self.status()["nft"])
        self.machine.run("rm", "-rf", "/root/container", "/root/container.nft")
        self.well_again()
        return f"nft {nft['version']}"

    def no_nf_tables(self):
        # The nearest that one kernel can come: the family of sockets that nf_tables is reached by is not there.
        moment = self.now()
        self.drop_in("[Service]", "RestrictAddressFamilies=", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6")
        try:
            self.machine.run("systemctl", "restart", "--no-block", "portero")
            said = self.sentence(moment, "(?i)netlink|nf_tables")
        finally:
            self.drop_in()
            self.machine.run("systemctl", "restart", "portero")
        self.well_again()
        return said

    def no_ipv6(self):
        self.machine.run("sysctl", "-q", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1", check=False)
        self.machine.write("/etc/sysctl.d/no6.conf", "net.ipv6.conf.all.disable_ipv6=1\nnet.ipv6.conf.default.disable_ipv6=1\n")
        said = self.protected_boot(self.machine.reboot)
        need(self.machine.in_sync() and listens(MACHINE, SSH_PORT), "it is not in sync without IPv6")
        (self.machine.root / "etc/sysctl.d/no6.conf").unlink()
        return said

    def no_capability(self):
        self.machine.power_off()
        # The unit as shipped would keep the network waiting for 45 s.
        quick = "/etc/systemd/system/portero.service.d/quick.conf"
        self.machine.write(quick, "[Service]\nTimeoutStartSec=8s\n")
        try:
            self.machine.boot("--drop-capability=CAP_NET_ADMIN")
            text = self.machine.journal()
            line = next((l for l in text.splitlines() if "CAP_NET_ADMIN" in l), None)
            need(line and "\tat " not in text, f"no sentence about it: {text[-1500:]}")
            done = self.machine.run("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", "portero", "apply", check=False)
            need(done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1, f"{done.returncode}: {done.stderr}")
        finally:
            (self.machine.root / quick[1:]).unlink()
            self.machine.power_off()
            self.machine.boot()
        eventually(self.machine.in_sync, "it is not in sync with its capability back")
        return f"“{line}”"

    def long_ago(self):
        library = next((str(p) for p in self.machine.root.glob("usr/lib/*/faketime/libfaketime.so.1")), None)
        need(library, "libfaketime is not in the tree")
        self.drop_in("[Service]", f"Environment=LD_PRELOAD={library[len(str(self.machine.root)):]}",
                     'Environment="FAKETIME=@1970-01-01 00:00:10" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0')
        self.machine.run("systemctl", "restart", "portero")
        try:
            status = self.status()
            need(status["since"].startswith("1970") or status["policy"]["last_reload_success"].startswith("1970"), "the clock is not turned back")
            with Traffic(self.machine, MEDIA, SIP) as traffic:
                self.put(POLICY.replace("media:", "more:    { ports: [8445/tcp], from: [any] }\n  media:"))
                eventually(lambda: "8445" in self.machine.table(), "an edit is not taken up in 1970")
        finally:
            self.drop_in()
            self.machine.run("systemctl", "restart", "portero")
        self.well_again()
        return traffic.said
