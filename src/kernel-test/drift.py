"""Another program flushes all rules of the host: measures how long the host is open until the agent has repaired it."""
import json, subprocess, tempfile, time
from pathlib import Path

from journal import eventually, need
from wire import run

HOST, STRANGER, CLOSED = "192.0.2.1", "192.0.2.99", 5432
POLICY = """services:
  ssh: { ports: [22/tcp], from: [any], management: true }
agent: { reconcile-interval: 10m, metrics: { host: 127.0.0.1 } }
"""
SEND = f"""
import socket, time
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    out.sendto(b"probe", ("{HOST}", {CLOSED}))
    time.sleep(0.01)
"""
COUNT = """
add table inet probes
add chain inet probes came { type filter hook prerouting priority -300; }
add chain inet probes passed { type filter hook prerouting priority -105; }
add rule inet probes came udp dport 5432 counter
add rule inet probes passed udp dport 5432 counter
"""


class Drift:
    def __init__(self, portero):
        self.portero = portero
        self.directory = Path(tempfile.mkdtemp(prefix="drift-"))

    def on_host(self, *words, script=None, check=True):
        return run("ip", "netns", "exec", "drift-host", *words, script=script, check=check)

    def in_sync(self):
        file = self.directory / "run/status.json"
        return file.exists() and json.loads(file.read_text())["in_sync"]

    def counted(self):
        rules = [o["rule"] for o in json.loads(self.on_host("nft", "-j", "list", "table", "inet", "probes"))["nftables"] if "rule" in o]
        return {rule["chain"]: next(e["counter"]["packets"] for e in rule["expr"] if "counter" in e) for rule in rules}

    def flush(self):
        self.wire()
        policy = self.directory / "portero.yaml"
        policy.write_text(POLICY)
        words = ["ip", "netns", "exec", "drift-host", self.portero, "run", "--config", policy, "--state-dir", self.directory / "state",
                 "--run-dir", self.directory / "run"]
        log = open(self.directory / "log", "w")
        agent = subprocess.Popen(words, stdout=log, stderr=log)
        sender = None
        try:
            eventually(self.in_sync, lambda: f"the agent is not in sync: {(self.directory / 'log').read_text()[-2000:]}", within=300)
            sender = subprocess.Popen(["ip", "netns", "exec", "drift-stranger", "python3", "-c", SEND])
            eventually(lambda: self.on_host("pgrep", "-f", "-x", ".*nft monitor", check=False), "nft monitor does not run", within=60)
            time.sleep(1)
            self.on_host("nft", "-f", "-", script=COUNT)
            self.shut()
            repairs = [self.repaired() for _ in range(3)]
            return f"closed again after {', '.join(f'{r:.2f}' for r in repairs)} s"
        finally:
            if sender:
                sender.kill()
            agent.terminate()
            agent.wait(60)

    def repaired(self):
        start = time.monotonic()
        self.on_host("nft", "flush ruleset")
        eventually(lambda: "no_service" in self.on_host("nft", "list", "table", "inet", "portero", check=False) and self.in_sync(),
                   lambda: f"the table is not restored: {(self.directory / 'log').read_text()[-2000:]}", within=60, every=0.05)
        took = time.monotonic() - start
        self.on_host("nft", "-f", "-", script=COUNT)
        self.shut()
        return took

    def shut(self):
        """Probes arrive at the host, and none passes the table."""
        time.sleep(0.5)
        before = self.counted()
        time.sleep(1)
        after = self.counted()
        need(after["came"] > before["came"], "no probe arrived, so the test proves nothing")
        need(after["passed"] == 0, f"{after['passed']} of {after['came']} probes passed")

    def wire(self):
        for name in ("drift-host", "drift-stranger"):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "link", "add", "eth0", "netns", "drift-host", "type", "veth", "peer", "name", "eth0", "netns", "drift-stranger")
        for name, address in (("drift-host", HOST), ("drift-stranger", STRANGER)):
            run("ip", "-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
