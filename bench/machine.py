"""The machine that the numbers come from, and the versions of what was measured."""

import datetime
import importlib.metadata
import os
import pathlib
import platform
import subprocess

PACKAGES = ("pypdf", "langchain-text-splitters", "sentence-transformers", "torch", "chromadb", "fastapi")


def describe(binary):
    """What a reader needs to judge the numbers."""
    there = {distribution.name for distribution in importlib.metadata.distributions()}
    versions = {package: importlib.metadata.version(package) for package in PACKAGES if package in there}
    return {
        **moment(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)),
        "system": f"{platform.system()} {platform.release()}",
        "load": os.getloadavg()[0],
        "alexandria": subprocess.run([binary, "version"], capture_output=True, text=True, check=True).stdout.strip(),
        "python": platform.python_version(),
        "packages": versions,
    }


def moment():
    """When something is measured, and of what."""
    return {"date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"), "commit": _commit()}


def _processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _commit():
    root = pathlib.Path(__file__).resolve().parent.parent
    asked = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
