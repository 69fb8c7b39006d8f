"""Packets from pktgen, the packet generator of the kernel, over a veth pair to the namespace `judge`, which filters them."""
import subprocess

from journal import Failed

PERMITTED, STRANGER, DENIED = "198.18.0", "198.18.1", "198.18.2"  # adjacent


def run(*words, script=None, check=True):
    done = subprocess.run(words, input=script, text=True, capture_output=True)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(words)}: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout


def nft(script):
    run("ip", "netns", "exec", "judge", "nft", "-f", "-", script=script)


class Wire:
    """A veth pair with pktgen at one end and the namespace `judge` at the other."""

    def __init__(self):
        run("modprobe", "pktgen")
        for name in ("sender", "judge"):
            run("ip", "netns", "add", name)
        run("ip", "link", "add", "out", "netns", "sender", "type", "veth", "peer", "name", "in", "netns", "judge")
        run("ip", "-n", "judge", "addr", "add", "198.18.255.1/16", "dev", "in")
        for name, device in (("sender", "out"), ("judge", "in")):
            run("ip", "-n", name, "link", "set", device, "up")
        self.address = run("ip", "netns", "exec", "judge", "cat", "/sys/class/net/in/address").strip()
        self.sender = None

    def write(self, file, line):
        run("ip", "netns", "exec", "sender", "sh", "-c", 'echo "$1" > "$0"', f"/proc/net/pktgen/{file}", line)

    def start(self, delay, ports):
        self.write("kpktgend_0", "rem_device_all")
        self.write("kpktgend_0", "add_device out")
        first, last = ports
        for line in ("count 0", f"delay {delay}", "pkt_size 60", "dst 198.18.255.1", f"dst_mac {self.address}",
                     f"src_min {PERMITTED}.0", f"src_max {DENIED}.255", "flag IPSRC_RND",
                     f"udp_dst_min {first}", f"udp_dst_max {last}", "flag UDPDST_RND"):
            self.write("out", line)
        self.sender = subprocess.Popen(["ip", "netns", "exec", "sender", "sh", "-c", "echo start > /proc/net/pktgen/pgctrl"])

    def stop(self):
        self.write("pgctrl", "stop")
        self.sender.wait(20)
