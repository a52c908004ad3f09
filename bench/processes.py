"""Servers under measurement: starting and stopping one, and what its processes cost.

Processor time is that of the server and of everything it has started, including children that have ended.
Memory is the sum of the proportional set sizes of the same processes, looked at every 50 ms, or the largest
resident size the kernel has seen for the server itself, whichever is more.
"""

import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

SAMPLE_EVERY_S = 0.05
STOP_WITHIN_S = 20
QUIET_SHARE = 0.05
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    """A port of this machine that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(root):
    """The process and its living descendants."""
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        try:
            for task in os.listdir(f"/proc/{process}/task"):
                children = pathlib.Path(f"/proc/{process}/task/{task}/children").read_text()
                waiting.extend(int(child) for child in children.split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # It has ended between the look and the question.
    return found


def cpu_of_process(process):
    """Processor seconds of a process and of its children that have ended."""
    try:
        stat = pathlib.Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    fields = stat.rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


def exact_cpu_of_process(process):
    """Processor seconds of the threads that a process has now, to the microsecond."""
    total = 0
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            total += int(pathlib.Path(f"/proc/{process}/task/{task}/schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        pass  # A thread has ended between the look and the question.
    return total / 1e9


def proportional_bytes(process):
    """The memory of a process, with its part of what it shares."""
    try:
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return 0


def resident_peak_bytes(process):
    """The largest resident size that the kernel has seen for a process."""
    try:
        for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0


def disk_bytes(directory):
    """The blocks that the files of a directory take on the disk."""
    files = (path for path in pathlib.Path(directory).rglob("*") if path.is_file())
    return sum(path.stat().st_blocks * 512 for path in files)


class Server:
    """A server that runs until the end of its `with` block, whatever happens inside."""

    def __init__(self, name, command, directory, environment):
        self.name = name
        self.directory = pathlib.Path(directory)
        self.log = self.directory / f"{name}.log"
        self.command = [str(part) for part in command]
        self.environment = environment
        self.memory_peak = 0
        self.started = 0.0
        self._ended = threading.Event()

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.started = time.perf_counter()
            self.process = subprocess.Popen(
                self.command, cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )
        self._watch = threading.Thread(target=self._sample, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._watch.join()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def seconds(self):
        """Wall seconds since the start."""
        return time.perf_counter() - self.started

    def cpu(self):
        """Processor seconds since the start."""
        return sum(cpu_of_process(process) for process in tree(self.pid))

    def check(self):
        """Fails with the end of the log when the server has ended by itself."""
        if self.process.poll() is not None:
            end = self.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.name} ended with code {self.process.returncode}:\n{end}")

    def wait_until_quiet(self, within_s=120):
        """Waits until it does nothing more on its own account."""
        limit = time.perf_counter() + within_s
        while time.perf_counter() < limit:
            before = self.cpu()
            time.sleep(1)
            if self.cpu() - before < QUIET_SHARE:
                return
            self.check()

    def memory(self):
        """The most memory so far, in bytes."""
        self._look()
        return self.memory_peak

    def _sample(self):
        while not self._ended.wait(SAMPLE_EVERY_S):
            self._look()

    def _look(self):
        sampled = sum(proportional_bytes(process) for process in tree(self.pid))
        self.memory_peak = max(self.memory_peak, sampled, resident_peak_bytes(self.pid))


class Cost:
    """Wall and processor seconds of a `with` block, on one server.

    The kernel counts in hundredths of a second; `exact` reads the server's own threads to the microsecond, for
    blocks so short that none of them ends.
    """

    def __init__(self, server, exact=False):
        self.server = server
        self.cpu = (lambda: exact_cpu_of_process(server.pid)) if exact else server.cpu

    def __enter__(self):
        self.cpu_s = -self.cpu()
        self.wall_s = -time.perf_counter()
        return self

    def __exit__(self, *_):
        self.wall_s += time.perf_counter()
        self.cpu_s += self.cpu()
