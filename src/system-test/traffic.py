"""Real packets: streams that must arrive, streams that must not, and probes of closed ports that must get no answer."""
import select, signal, socket, subprocess, sys, threading, time
from pathlib import Path

from machine import MACHINE, STRANGER
from journal import need


class Stream:
    """Sends numbered packets from one address to a port of the machine, and counts those that arrive."""

    def __init__(self, machine, source, port, rate=1000):
        self.name = f"{source} to {port}/udp"
        self.receiver = subprocess.Popen(
            ["nsenter", "-t", str(machine.leader()), "-n", sys.executable, __file__, str(port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        need(self.receiver.stdout.readline() == "listening\n", f"no program could listen on {port}/udp")
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.bind((source, 0))
        self.target = (MACHINE, port)
        self.sent = 0
        self.rate = rate
        self.going = True
        self.thread = threading.Thread(target=self.send, daemon=True)
        self.thread.start()

    def send(self):
        start = time.monotonic()
        while self.going:
            due = int((time.monotonic() - start) * self.rate)
            while self.sent < due:
                try:
                    self.sender.sendto(self.sent.to_bytes(8, "big"), self.target)
                except OSError:
                    pass  # an ICMP error said that the port is closed; the packet counts as sent
                self.sent += 1
            time.sleep(0.001)

    def stop(self):
        """Returns how many packets were sent, and how many different ones arrived."""
        self.going = False
        self.thread.join()
        time.sleep(0.3)
        self.receiver.send_signal(signal.SIGTERM)
        arrived = int(self.receiver.stdout.readline())
        self.receiver.wait()
        self.sender.close()
        return self.sent, arrived


class Traffic:
    """A permitted and a forbidden stream during an event: no packet of the first may be lost, none of the second let in."""

    def __init__(self, machine, permitted, forbidden):
        self.streams = [Stream(machine, *permitted), Stream(machine, *forbidden)]

    def __enter__(self):
        time.sleep(0.5)
        return self

    def __exit__(self, kind, value, trace):
        (sent, arrived), (forbidden, leaked) = [s.stop() for s in self.streams]
        if kind is None:
            need(sent > 300, f"only {sent} packets were sent")
            need(arrived == sent, f"{sent - arrived} of {sent} permitted packets were lost ({self.streams[0].name})")
            need(leaked == 0, f"{leaked} of {forbidden} forbidden packets came in ({self.streams[1].name})")
        self.said = f"{sent} packets, 0 lost; {forbidden} forbidden ones, 0 let in"


class Probes:
    """Probes ports on which no program listens: a host without a firewall answers, a protected one does not."""

    def __init__(self, source=STRANGER):
        self.source = source
        self.received = []
        self.sent = 0
        self.going = True
        self.threads = [threading.Thread(target=t, daemon=True) for t in (self.tcp, self.udp)]

    @property
    def answers(self):
        return [port for port, _ in self.received]

    def answered(self, port):
        self.received.append((port, time.monotonic()))

    def outside(self, begin, end):
        """The answers outside this time, which is extended by the 0.02 s that a probe waits for its answer."""
        return [port for port, at in self.received if not begin <= at <= end + 0.02]

    def tcp(self):
        while self.going:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.setblocking(False)
                probe.bind((self.source, 0))
                try:
                    probe.connect((MACHINE, 5432))
                except BlockingIOError:
                    pass
                self.sent += 1
                select.select([], [probe], [], 0.02)
                if probe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 111:  # ECONNREFUSED; "no route" is not an answer
                    self.answered("5432/tcp")

    def udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((self.source, 0))
            probe.connect((MACHINE, 9999))
            while self.going:
                try:
                    self.sent += 1
                    probe.send(b"probe")
                except ConnectionRefusedError:
                    self.answered("9999/udp")
                except OSError:
                    pass
                time.sleep(0.005)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        for thread in self.threads:
            thread.join()


def listens(address, port, source=STRANGER, within=2.0):
    """Whether a TCP connection from that address is accepted."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(within)
        connection.bind((source, 0))
        try:
            connection.connect((address, port))
            return True
        except OSError:
            return False


def receive(port):
    """Receives the packets of a stream. Runs in the network namespace of the machine."""
    seen = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        receiver.bind(("0.0.0.0", port))
        receiver.settimeout(0.1)
        ended = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        print("listening", flush=True)
        while not ended.is_set():
            try:
                seen.add(receiver.recv(64))
            except socket.timeout:
                pass
    print(len(seen), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    receive(int(sys.argv[1]))
