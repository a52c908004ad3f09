//! A group of processes with a limit that the kernel holds: at most so much memory for all of them
//! together, one core.
//!
//! Both versions of control groups are known. Where none can be made (it takes an administrator), the
//! address space of each process is limited instead, which is stricter for each and weaker for all.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

/// How long the kernel may take to let go of a group whose processes have been killed.
const REMOVE_TIME: Duration = Duration::from_secs(5);

/// A limit that holds for a process and everything that it starts from then on.
#[derive(Debug)]
pub(super) enum Fence {
    /// A group of the second version.
    Unified(PathBuf),
    /// A group of the first version.
    Memory(PathBuf),
    /// Limits on each process.
    Each,
}

impl Fence {
    /// Puts a process behind a fence of so many bytes.
    pub(super) fn around(pid: u32, bytes: u64) -> Self {
        let unified = |root: &str| {
            let folder = begin(root, pid)?;
            let fence = Self::Unified(folder.clone());
            set(&folder, "memory.max", bytes)?;
            // A machine without swap has no such file, and needs none.
            set(&folder, "memory.swap.max", 0).unwrap_or_default();
            set(&folder, "cgroup.procs", u64::from(pid))?;
            Some(fence)
        };
        let memory = |root: &str| {
            let folder = begin(root, pid)?;
            let fence = Self::Memory(folder.clone());
            set(&folder, "memory.limit_in_bytes", bytes)?;
            set(&folder, "memory.memsw.limit_in_bytes", bytes).unwrap_or_default();
            set(&folder, "cgroup.procs", u64::from(pid))?;
            Some(fence)
        };
        unified("/sys/fs/cgroup")
            .or_else(|| unified("/sys/fs/cgroup/unified"))
            .or_else(|| memory("/sys/fs/cgroup/memory"))
            .unwrap_or_else(|| {
                let limit = Rlimit {
                    current: Some(bytes),
                    maximum: Some(bytes),
                };
                let pid = Pid::from_raw(pid.cast_signed());
                prlimit(pid, Resource::As, limit).unwrap();
                Self::Each
            })
    }

    /// What kind of fence this is, for the reader of the test's output.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Unified(_) => "a control group (version 2)",
            Self::Memory(_) => "a control group (version 1)",
            Self::Each => "a limit on the address space of each process",
        }
    }

    /// Memory that the processes use now and that cannot be given back, in bytes; nothing where the
    /// fence does not count it. Pages of files that the kernel merely keeps are left out.
    pub(super) fn in_use(&self) -> Option<u64> {
        match self {
            Self::Unified(folder) => Some(
                field(folder, "memory.stat", "anon ")?
                    + field(folder, "memory.stat", "shmem ")?
                    + field(folder, "memory.stat", "file_mapped ")?
                    + field(folder, "memory.stat", "kernel ").unwrap_or_default(),
            ),
            Self::Memory(folder) => Some(
                field(folder, "memory.stat", "total_rss ")?
                    + field(folder, "memory.stat", "total_mapped_file ")?
                    + number(folder, "memory.kmem.usage_in_bytes").unwrap_or_default(),
            ),
            Self::Each => None,
        }
    }

    /// How many processes were ended because the group had no memory left.
    pub(super) fn kills(&self) -> u64 {
        let count = match self {
            Self::Unified(folder) => field(folder, "memory.events", "oom_kill "),
            Self::Memory(folder) => field(folder, "memory.oom_control", "oom_kill "),
            Self::Each => None,
        };
        count.unwrap_or_default()
    }
}

impl Drop for Fence {
    fn drop(&mut self) {
        let (Self::Unified(folder) | Self::Memory(folder)) = self else {
            return;
        };
        let begun = Instant::now();
        while std::fs::remove_dir(&folder).is_err() && begun.elapsed() < REMOVE_TIME {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Makes a group under a root, if this is one and it permits that.
fn begin(root: &str, pid: u32) -> Option<PathBuf> {
    let folder = Path::new(root).join(format!("alexandria-test-{pid}"));
    // In version 2 the root hands memory on to its children only when told to.
    std::fs::write(Path::new(root).join("cgroup.subtree_control"), "+memory").ok();
    std::fs::create_dir(&folder).ok()?;
    let counts = ["memory.max", "memory.limit_in_bytes"];
    if counts.iter().any(|name| folder.join(name).is_file()) {
        return Some(folder);
    }
    std::fs::remove_dir(&folder).ok();
    None
}

fn set(folder: &Path, name: &str, value: u64) -> Option<()> {
    std::fs::write(folder.join(name), value.to_string()).ok()
}

fn number(folder: &Path, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(folder.join(name)).ok()?;
    text.trim().parse().ok()
}

fn field(folder: &Path, file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(folder.join(file)).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().parse().ok()
}
