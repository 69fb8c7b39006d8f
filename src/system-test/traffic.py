"""Real packets: streams that must arrive, streams that must not, and knocks on closed doors that must get no answer."""
import select, signal, socket, subprocess, sys, threading, time
from pathlib import Path

from machine import MACHINE, STRANGER
from journal import need


class Stream:
    """Numbered packets from one address to a port of the machine, and how many of them arrived there."""

    def __init__(self, machine, source, port, rate=1000):
        self.name = f"{source} to {port}/udp"
        self.receiver = subprocess.Popen(
            ["nsenter", "-t", str(machine.leader()), "-n", sys.executable, __file__, str(port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        need(self.receiver.stdout.readline() == "listening\n", f"nobody could listen on {port}/udp")
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
                    pass  # an answer that says the port is closed; the packet counts as sent
                self.sent += 1
            time.sleep(0.001)

    def stop(self):
        """How many were sent, and how many different ones arrived."""
        self.going = False
        self.thread.join()
        time.sleep(0.3)
        self.receiver.send_signal(signal.SIGTERM)
        arrived = int(self.receiver.stdout.readline())
        self.receiver.wait()
        self.sender.close()
        return self.sent, arrived


class Traffic:
    """A permitted and a forbidden stream while something happens: none of the first lost, none of the second let in."""

    def __init__(self, machine, permitted, forbidden):
        self.streams = [Stream(machine, *permitted), Stream(machine, *forbidden)]

    def __enter__(self):
        time.sleep(0.5)
        return self

    def __exit__(self, kind, value, trace):
        (sent, arrived), (knocks, leaked) = [s.stop() for s in self.streams]
        if kind is None:
            need(sent > 300, f"only {sent} packets were sent")
            need(arrived == sent, f"{sent - arrived} of {sent} permitted packets were lost ({self.streams[0].name})")
            need(leaked == 0, f"{leaked} of {knocks} forbidden packets came in ({self.streams[1].name})")
        self.said = f"{sent} packets, 0 lost; {knocks} forbidden ones, 0 let in"


class Knocking:
    """Knocks on ports behind which nobody is: a host without a firewall refuses them aloud, a protected one is silent."""

    def __init__(self, source=STRANGER):
        self.source = source
        self.heard = []
        self.knocks = 0
        self.going = True
        self.threads = [threading.Thread(target=t, daemon=True) for t in (self.tcp, self.udp)]

    @property
    def answers(self):
        return [port for port, _ in self.heard]

    def answered(self, port):
        self.heard.append((port, time.monotonic()))

    def outside(self, begin, end):
        """The answers that came neither in that time nor in the moment that a knock waits for its answer."""
        return [port for port, at in self.heard if not begin <= at <= end + 0.02]

    def tcp(self):
        while self.going:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as knock:
                knock.setblocking(False)
                knock.bind((self.source, 0))
                try:
                    knock.connect((MACHINE, 5432))
                except BlockingIOError:
                    pass
                self.knocks += 1
                select.select([], [knock], [], 0.02)
                if knock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 111:  # ECONNREFUSED; no route is no answer
                    self.answered("5432/tcp")

    def udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.bind((self.source, 0))
            knock.connect((MACHINE, 9999))
            while self.going:
                try:
                    self.knocks += 1
                    knock.send(b"knock")
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
    """Whether a TCP connection from that address is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as call:
        call.settimeout(within)
        call.bind((source, 0))
        try:
            call.connect((address, port))
            return True
        except OSError:
            return False


def receive(port):
    """The other end of a stream, run in the machine's network."""
    seen = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        ear.bind(("0.0.0.0", port))
        ear.settimeout(0.1)
        ended = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        print("listening", flush=True)
        while not ended.is_set():
            try:
                seen.add(ear.recv(64))
            except socket.timeout:
                pass
    print(len(seen), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    receive(int(sys.argv[1]))
