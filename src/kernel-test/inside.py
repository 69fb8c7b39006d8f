"""The cases that run on a kernel of Debian: the program, tests of this checkout, and the sets of the kernel alone."""
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
    """The cases of one guest. The guest is deleted afterwards, so a case removes only what would disturb the next one."""

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
        yield "sets: single addresses are added and deleted", lambda: sets.exact(sets.hosts(1000, SECONDS))
        for what, case in (
            ("members are added and deleted that are not adjacent to others", lambda: sets.apart(SECONDS)),
            ("a member is replaced by one that overlaps it", lambda: sets.exchanged(0, SECONDS)),
            ("the same, while 500 others are added or deleted", lambda: sets.exchanged(500, SECONDS)),
            ("refill in one transaction; 100 members", lambda: sets.refilled(100, SECONDS)),
            ("refill in one transaction; 1,000 members", lambda: sets.refilled(1000, SECONDS)),
            ("refill in one transaction; 5,000 members", lambda: sets.refilled(5000, SECONDS)),
            ("verdict map: elements are added and deleted that are not adjacent to others", lambda: sets.ports_apart(SECONDS)),
            ("verdict map: an element gets another target", lambda: sets.ports_get_another_target(SECONDS)),
            ("verdict map: an element is replaced by two that overlap it", lambda: sets.ports_exchanged(SECONDS)),
        ):
            yield f"in place: {what}", lambda case=case: self.in_place(sets, case())

    def in_place(self, sets, counted):
        """Older kernels are only measured. From 6.18.14 on, the kernel replaces the array of intervals at once, and must be exact."""
        has_array = "nft_array_lookup_cmp" in Path("/proc/kallsyms").read_text()
        return sets.exact(counted) if has_array else counted

    def versions(self):
        said = subprocess.run(["nft", "--version"], text=True, capture_output=True).stdout.strip()
        need(f"v{NFT.get(self.release, '')}" in said, f"the version is {said}")
        return f"Linux {os.uname().release}, {said}"

    def demo(self):
        done = subprocess.run([PROJECT / "target/portero", "demo", "--no-colour"], text=True, capture_output=True, cwd=PROJECT)
        need(done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-1000:]}")
        return next((line.strip() for line in done.stdout.splitlines() if "what the policy says is what" in line), None)

    def packets(self):
        """Runs all tests in one JVM, because the start of a JVM takes the longest here."""
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
