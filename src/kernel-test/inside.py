"""What runs on one of Debian's kernels: the program itself, tests of this checkout, and the kernel's sets alone."""
import os, re, subprocess, sys
from pathlib import Path

PROJECT = Path(os.environ["PROJECT"])
sys.path.append(str(PROJECT / "src/system-test"))
from drift import Drift
from journal import Journal, need
from sets import Sets

NFT = {"bookworm": "1.0.6", "trixie": "1.1.3"}
SECONDS = float(os.environ.get("KERNEL_TEST_SECONDS", "5"))
JVM = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"]
TESTS = ["OracleIT#explainAndTheKernelAgree", "LosslessIT#fullChangesOfThePolicyLoseNothingAndLeakNothing",
         "LosslessIT#randomChangesOfAGroupLoseNothingAndLeakNothing", "LosslessIT#replacingHalfOfALargeGroupLosesNothingAndLeaksNothing"]
SHORT = ["lab.patience=10", f"oracle.policies={os.environ.get('KERNEL_TEST_POLICIES', 10)}", "lossless.rate=100",
         "lossless.changes=4", "lossless.group-changes=10", "lossless.refills=3", "lossless.sources=500"]


class Inside:
    """One guest's cases; it is thrown away afterwards, so nothing is cleaned up but what the next case would meet."""

    def __init__(self, release):
        self.release = release

    def cases(self):
        yield "the kernel and nft are those of the release", self.versions
        yield "demo", self.demo
        yield "drift: nft flush ruleset", Drift(PROJECT / "target/portero").flush
        yield "oracle and changes under traffic", self.packets
        sets = Sets()
        yield "sets: nothing changes", lambda: sets.exact(sets.still(SECONDS))
        yield "sets: fill, switch, clear; 1,000 members", lambda: sets.exact(sets.switched(1000, SECONDS))
        yield "sets: single addresses come and go", lambda: sets.exact(sets.hosts(1000, SECONDS))
        for what, case in (
            ("members come and go that touch no other", lambda: sets.apart(SECONDS)),
            ("a member gives way to one that overlaps", lambda: sets.exchanged(0, SECONDS)),
            ("the same, and 500 others come or go", lambda: sets.exchanged(500, SECONDS)),
            ("refill in one transaction; 100 members", lambda: sets.refilled(100, SECONDS)),
            ("refill in one transaction; 1,000 members", lambda: sets.refilled(1000, SECONDS)),
            ("refill in one transaction; 5,000 members", lambda: sets.refilled(5000, SECONDS)),
            ("verdict map: elements come and go that touch no other", lambda: sets.ports_apart(SECONDS)),
            ("verdict map: an element leads elsewhere", lambda: sets.ports_led_elsewhere(SECONDS)),
            ("verdict map: an element gives way to two that overlap", lambda: sets.ports_exchanged(SECONDS)),
        ):
            yield f"in place: {what}", lambda case=case: self.in_place(sets, case())

    def in_place(self, sets, counted):
        """Demanded of kernels that look intervals up in an array (6.18.14), since it changes at once; only measured on older ones."""
        has_array = "nft_array_lookup_cmp" in Path("/proc/kallsyms").read_text()
        return sets.exact(counted) if has_array else counted

    def versions(self):
        said = subprocess.run(["nft", "--version"], text=True, capture_output=True).stdout.strip()
        need(f"v{NFT.get(self.release, '')}" in said, f"it is {said}")
        return f"Linux {os.uname().release}, {said}"

    def demo(self):
        done = subprocess.run([PROJECT / "target/portero", "demo", "--no-colour"], text=True, capture_output=True, cwd=PROJECT)
        need(done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-1000:]}")
        return next((line.strip() for line in done.stdout.splitlines() if "what the policy says is what" in line), None)

    def packets(self):
        """All in one JVM, whose start is the dearest here."""
        properties = [f"-D{p}" for p in SHORT]
        done = subprocess.run([os.environ["JAVA"], *JVM, *properties, "-cp", os.environ["CLASSES"], "io.portero.net.OnThisKernel", *TESTS],
                              text=True, capture_output=True, cwd=PROJECT)
        said = "".join(f"\n           {line}" for line in re.findall(r"(?m)^(?:lossless|oracle): .*", done.stdout))
        need(done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-2000:]}")
        return said


def main(release):
    journal = Journal()
    only = re.compile(os.environ.get("KERNEL_TEST_ONLY", ""))
    for what, case in Inside(release).cases():
        if only.search(what):
            journal.step(what, case)
    sys.exit(journal.end())


main(sys.argv[1])
