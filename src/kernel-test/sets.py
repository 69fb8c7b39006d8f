"""Looks up sources in sets, and ports in a verdict map, while these change, and counts the wrong verdicts of the kernel.

Three networks send all the time: one is in the set `allowed`, one is in the set `denied`, and one is in neither. No change
affects these three. So each packet of the first network must pass, and no packet of the others may pass.

Before 6.18.14 (upstream 7e43e0a1141d) the kernel looks up intervals in a tree. During a transaction, the tree also contains
the elements that are being added and those that are being deleted. If a lookup meets one of these, it takes it for the
nearest smaller element, and finds nothing. If the tree is rotated during a lookup, the lookup may find a wrong element.
"""
import re, time

from journal import need
from wire import DENIED, PERMITTED, STRANGER, Wire, nft, run

FIRST_PORT = 20000  # up to 20255 permitted; the next 256 are not
TABLE = """
add table inet judged
delete table inet judged
table inet judged {{
    counter came_ok {{ }}
    counter came_denied {{ }}
    counter came_stranger {{ }}
    counter passed_ok {{ }}
    counter passed_denied {{ }}
    counter passed_stranger {{ }}
    set allowed {{ type ipv4_addr; flags interval; }}
    set denied {{ type ipv4_addr; flags interval; }}
    set hosts {{ type ipv4_addr; }}
    map ports {{ type inet_service : verdict; flags interval; }}
    chain yes {{ accept; }}
    chain yes2 {{ accept; }}
    chain no {{ drop; }}
    chain before {{
        type filter hook prerouting priority -300;
        ip saddr {permitted}.0/24 udp dport {good} counter name came_ok
        ip saddr {permitted}.0/24 udp dport != {good} counter name came_stranger
        ip saddr {denied}.0/24 counter name came_denied
        ip saddr {stranger}.0/24 counter name came_stranger
    }}
    chain judge {{
        type filter hook prerouting priority -110;
        {rules}
    }}
    chain behind {{
        type filter hook prerouting priority -105;
        ip saddr {permitted}.0/24 udp dport {good} counter name passed_ok
        ip saddr {permitted}.0/24 udp dport != {good} counter name passed_stranger
        ip saddr {denied}.0/24 counter name passed_denied
        ip saddr {stranger}.0/24 counter name passed_stranger
        drop
    }}
}}
"""


class Counted:
    def __init__(self, made):
        self.made = made
        listed = run("ip", "netns", "exec", "judge", "nft", "list", "counters", "table", "inet", "judged")
        self.of = {name: int(packets) for name, packets in re.findall(r"counter (\w+) \{\s*packets (\d+)", listed)}
        self.sent = sum(n for name, n in self.of.items() if name.startswith("came"))
        self.lost = self.of["came_ok"] - self.of["passed_ok"]
        self.undenied = self.of["passed_denied"]
        self.strangers = self.of["passed_stranger"]

    def __str__(self):
        return (f"{self.made} changes, {self.sent} packets: {self.lost} of {self.of['came_ok']} permitted lost, "
                f"{self.undenied} of {self.of['came_denied']} denied and {self.strangers} of {self.of['came_stranger']} others let in")


def elements(verb, name, members):
    members = list(members)
    return f"{verb} element inet judged {name} {{ {', '.join(members)} }}\n" if members else ""


def others(count, offset=0):
    """Networks of two addresses, half of them below and half above the three networks."""
    half = count // 2
    return [f"{base}.{i // 64}.{i % 64 * 4 + offset}/31" for base in ("100.64", "203.0") for i in range(half)]


class Sets:
    """The measurements. Each makes its change again and again, and returns what was counted."""

    SOURCES = f"ip saddr @denied drop\n ip saddr @allowed accept\n ip saddr {DENIED}.0/24 accept\n drop"
    HOSTS = "ip saddr @hosts accept\n drop"
    PORTS = "ip saddr 198.18.0.0/24 udp dport vmap @ports\n drop"

    def __init__(self, delay=30_000):
        self.delay = delay
        self.wire = None

    def measure(self, rules, fill, changes, seconds, ports=(FIRST_PORT, FIRST_PORT), good=FIRST_PORT):
        """Makes changes until the time is over. `changes(i)` returns one script or several; each is one transaction."""
        self.wire = self.wire or Wire()
        nft(TABLE.format(permitted=PERMITTED, denied=DENIED, stranger=STRANGER, rules=rules, good=good))
        nft(fill)
        nft("reset counters table inet judged\n")
        self.wire.start(self.delay, ports)
        made = 0
        try:
            time.sleep(0.5)
            end = time.monotonic() + seconds
            while time.monotonic() < end or made < 3:
                scripts = changes(made)
                for script in [scripts] if isinstance(scripts, str) else scripts:
                    nft(script)
                made += 1
            time.sleep(0.2)
        finally:
            self.wire.stop()
        return Counted(made)

    def exact(self, counted):
        """Returns what was counted, if all verdicts of the kernel were right."""
        need(min(counted.of[f"came_{who}"] for who in ("ok", "denied", "stranger")) > 500, f"too few packets to show anything: {counted}")
        need(counted.lost == counted.undenied == counted.strangers == 0, str(counted))
        return counted

    def both(self, verb, members):
        return elements(verb, "allowed", members) + elements(verb, "denied", members)

    def filled(self, count):
        """A script that fills both sets with the network that each must contain, and with others around it."""
        return (self.both("add", others(count)) + elements("add", "allowed", [f"{PERMITTED}.0/24"])
                + elements("add", "denied", [f"{DENIED}.0/24"]))

    def still(self, seconds):
        def wait(_):
            time.sleep(0.5)
            return []
        return self.measure(self.SOURCES, self.filled(1000), wait, seconds)

    def apart(self, seconds):
        """Adds and deletes members that are not adjacent to others."""
        some = [f"198.17.{i}.{j}/31" for i in range(4) for j in (0, 8)] + [f"198.19.{i}.4/30" for i in range(8)]
        return self.measure(self.SOURCES, self.filled(1000), lambda i: self.both("add" if i % 2 == 0 else "delete", some), seconds)

    def exchanged(self, count, seconds):
        """Replaces a member by others that overlap it and contain the sending network too; `count` others change as well."""
        shapes = [([f"{PERMITTED}.0/24"], [f"{DENIED}.0/24"]),
                  ([f"198.17.255.0-{PERMITTED}.255"], [f"{DENIED}.0-198.18.3.255"]),
                  ([f"{PERMITTED}.0/26", f"{PERMITTED}.64-{PERMITTED}.255"], [f"{DENIED}.0/26", f"{DENIED}.64-{DENIED}.255"])]

        def change(i):
            old, new = shapes[i % 3], shapes[(i + 1) % 3]
            script = "".join(elements("delete", name, old[n]) + elements("add", name, new[n]) for n, name in enumerate(("allowed", "denied")))
            return script + self.both("add" if i % 2 == 0 else "delete", others(count, 2))
        return self.measure(self.SOURCES, self.filled(1000), change, seconds)

    def refilled(self, count, seconds):
        """Deletes all members and adds them again, in one transaction; half of the other members are new."""
        def change(i):
            members = others(count // 2) + others(count // 2, 2 * (i % 2))
            members = list(dict.fromkeys(members))
            return ("flush set inet judged allowed\nflush set inet judged denied\n" + self.both("add", members)
                    + elements("add", "allowed", [f"{PERMITTED}.0/24"]) + elements("add", "denied", [f"{DENIED}.0/24"]))
        return self.measure(self.SOURCES, self.filled(count), change, seconds)

    def switched(self, count, seconds):
        """Fills new sets, switches the rules to them, and deletes the old sets: three transactions."""
        return self.measure(self.SOURCES, self.filled(count), lambda i: self.renewal(i, count), seconds)

    def renewal(self, i, count):
        def names(j):
            return ("allowed", "denied") if j == 0 else (f"allowed{j}", f"denied{j}")
        (old_allowed, old_denied), (allowed, denied) = names(i), names(i + 1)
        members = others(count, 2 * (i % 2))
        fill = "".join(f"add set inet judged {s} {{ type ipv4_addr; flags interval; }}\n" for s in (allowed, denied))
        fill += elements("add", allowed, [*members, f"{PERMITTED}.0/24"]) + elements("add", denied, [*members, f"{DENIED}.0/24"])
        rules = self.SOURCES.replace("@allowed", f"@{allowed}").replace("@denied", f"@{denied}").split("\n")
        switch = "flush chain inet judged judge\n" + "".join(f"add rule inet judged judge {rule.strip()}\n" for rule in rules)
        return [fill, switch, f"delete set inet judged {old_allowed}\ndelete set inet judged {old_denied}\n"]

    def hosts(self, count, seconds):
        """A set of single addresses: 256 stay, and `count` others are added and deleted."""
        keep = [f"{PERMITTED}.{i}" for i in range(256)]
        moving = [f"100.64.{i // 256}.{i % 256}" for i in range(count)]
        return self.measure(self.HOSTS, elements("add", "hosts", keep),
                            lambda i: elements("add" if i % 2 == 0 else "delete", "hosts", moving), seconds)

    PERMITTED_PORTS = f"{FIRST_PORT}-{FIRST_PORT + 255}"

    def ports_apart(self, seconds):
        """Adds and deletes elements of the verdict map that are not adjacent to others."""
        some = [f"{p}-{p + 3} : goto no" for p in (*range(100, 2000, 8), *range(30000, 32000, 8))]
        return self.map(lambda i: elements("add" if i % 2 == 0 else "delete", "ports", some), seconds)

    def ports_get_another_target(self, seconds):
        """Leads the permitted ports to another chain, which accepts them as well."""
        def change(i):
            old, new = ("yes", "yes2") if i % 2 == 0 else ("yes2", "yes")
            return (elements("delete", "ports", [f"{self.PERMITTED_PORTS} : goto {old}"])
                    + elements("add", "ports", [f"{self.PERMITTED_PORTS} : goto {new}"]))
        return self.map(change, seconds)

    def ports_exchanged(self, seconds):
        """Replaces the range of the permitted ports by two ranges, and back."""
        whole = [f"{self.PERMITTED_PORTS} : goto yes"]
        parts = [f"{FIRST_PORT}-{FIRST_PORT + 99} : goto yes", f"{FIRST_PORT + 100}-{FIRST_PORT + 255} : goto yes2"]
        def change(i):
            old, new = (whole, parts) if i % 2 == 0 else (parts, whole)
            return elements("delete", "ports", old) + elements("add", "ports", new)
        return self.map(change, seconds)

    def map(self, change, seconds):
        fill = elements("add", "ports", [f"{self.PERMITTED_PORTS} : goto yes", "22 : goto no", "443 : goto no", "40000-50000 : goto no"])
        return self.measure(self.PORTS, fill, change, seconds, (FIRST_PORT, FIRST_PORT + 511), self.PERMITTED_PORTS)

