"""Runs a command and says what it cost."""

import dataclasses
import os
import statistics
import subprocess
import threading
import time


class CommandFailed(Exception):
    """A measured command exited with an error."""


@dataclasses.dataclass
class Cost:
    """One run. Memory in bytes: the largest resident set of one of its processes, or the anonymous peak."""

    seconds: float
    cpu_seconds: float
    memory_bytes: int


def start(command, cwd, environment, output):
    return subprocess.Popen(["bash", "-o", "pipefail", "-c", command], cwd=cwd, env=environment, stdout=output,
                            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)


def run(command, cwd, environment, output):
    """One timed run. CPU time includes every child that was waited for (wait4)."""
    begin = time.perf_counter()
    process = start(command, cwd, environment, output)
    errors = []
    drain = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    drain.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    drain.join()
    process.stderr.close()
    if process.returncode != 0:
        raise CommandFailed(f"exit {process.returncode}: {command}\n{errors[0].decode(errors='replace')[-2000:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def anonymous_bytes(pid):
    """Resident anonymous memory of a process now; 0 once it has gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def anonymous_peak(command, cwd, environment, output):
    """Peak of anonymous memory, sampled every 2 ms in a run of its own: sampling would disturb a timed one."""
    process = start("exec " + command, cwd, environment, output)
    drain = threading.Thread(target=process.stderr.read)
    drain.start()
    peak = 0
    while process.poll() is None:
        peak = max(peak, anonymous_bytes(process.pid))
        time.sleep(0.002)
    drain.join()
    process.stderr.close()
    return peak


def median(costs):
    """The median of each figure by itself; memory: the largest seen."""
    return Cost(statistics.median(cost.seconds for cost in costs), statistics.median(cost.cpu_seconds for cost in costs),
                max(cost.memory_bytes for cost in costs))
