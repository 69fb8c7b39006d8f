"""Says what is being done as it goes, and what came of it."""
import sys, time, traceback


class Wrong(Exception):
    """Something is not as it should be: one sentence."""


def need(condition, otherwise):
    if not condition:
        raise Wrong(otherwise)


def eventually(question, otherwise, within=30.0, every=0.2):
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + within
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Wrong(otherwise() if callable(otherwise) else otherwise)
        time.sleep(every)


class Journal:
    def __init__(self):
        self.start = time.monotonic()
        self.place = ""
        self.wrong = []
        self.done = 0

    def at(self, place):
        self.place = place
        print(f"\n{place}", flush=True)

    def step(self, what, action, *words):
        """Runs one case; the others go on whatever comes of it."""
        print(f"  {time.monotonic() - self.start:6.1f} s  {what} ... ", end="", flush=True)
        try:
            said = action(*words)
            print("ok" + (f": {said}" if said else ""), flush=True)
        except Wrong as wrong:
            print(f"WRONG: {wrong}", flush=True)
            self.wrong.append(f"{self.place}: {what}: {wrong}")
        except Exception as broken:  # a broken case must not hide the others
            print(f"BROKEN: {broken}", flush=True)
            traceback.print_exc(file=sys.stdout)
            self.wrong.append(f"{self.place}: {what}: {broken}")
        self.done += 1

    def end(self):
        print(f"\n{self.done} cases in {time.monotonic() - self.start:.0f} s, {len(self.wrong)} wrong")
        for line in self.wrong:
            print("  " + line)
        return 1 if self.wrong else 0
