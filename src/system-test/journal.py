"""Runs the cases of a test one after the other, and prints the result of each."""
import sys, time, traceback


class Failed(Exception):
    """A check failed; the message is one sentence."""


def need(condition, otherwise):
    if not condition:
        raise Failed(otherwise)


def eventually(question, otherwise, within=30.0, every=0.2):
    """Repeats a question until its answer is true, and returns the answer."""
    end = time.monotonic() + within
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed(otherwise() if callable(otherwise) else otherwise)
        time.sleep(every)


class Journal:
    def __init__(self):
        self.start = time.monotonic()
        self.place = ""
        self.failures = []
        self.done = 0

    def at(self, place):
        self.place = place
        print(f"\n{place}", flush=True)

    def step(self, what, action, *words):
        """Runs one case. If it fails, the next cases still run."""
        print(f"  {time.monotonic() - self.start:6.1f} s  {what} ... ", end="", flush=True)
        try:
            said = action(*words)
            print("ok" + (f": {said}" if said else ""), flush=True)
        except Failed as failure:
            print(f"FAILED: {failure}", flush=True)
            self.failures.append(f"{self.place}: {what}: {failure}")
        except Exception as error:  # an error in one case must not stop the others
            print(f"ERROR: {error}", flush=True)
            traceback.print_exc(file=sys.stdout)
            self.failures.append(f"{self.place}: {what}: {error}")
        self.done += 1

    def end(self):
        print(f"\n{self.done} cases in {time.monotonic() - self.start:.0f} s, {len(self.failures)} failed")
        for line in self.failures:
            print("  " + line)
        return 1 if self.failures else 0
