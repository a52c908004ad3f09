//! What reading one file may use, and the fence a parse worker puts around itself.

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use rustix::thread::set_no_new_privs;
use serde::{Deserialize, Serialize};

use alexandria_core::block::FaultKind;

use crate::failure::{Failure, Result};

/// The limits of reading one file. The defaults suit a machine with 1 GiB of memory and books of a
/// few thousand pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The address space of the worker beside the file itself, in bytes.
    pub memory_bytes: u64,
    /// The processor time of the worker, in seconds.
    pub cpu_seconds: u64,
    /// The text that one file may give, in bytes; more is cut off, and a fault says so.
    pub output_bytes: u64,
    /// One member of a zip archive, unpacked, in bytes.
    pub zip_entry_bytes: u64,
    /// All members of a zip archive that are read, unpacked, in bytes.
    pub zip_total_bytes: u64,
    /// Members of a zip archive.
    pub zip_entries: usize,
    /// How deep elements, groups and lists may be nested.
    pub depth: usize,
    /// Characters drawn on one page.
    pub glyphs_per_page: u64,
    /// Characters drawn in one file.
    pub glyphs: u64,
    /// Pages of one file.
    pub pages: u32,
    /// Pixels of a picture, decoded or drawn.
    pub pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 1 << 30,
            cpu_seconds: 600,
            output_bytes: 256 << 20,
            zip_entry_bytes: 256 << 20,
            zip_total_bytes: 1 << 30,
            zip_entries: 10_000,
            depth: 512,
            glyphs_per_page: 200_000,
            glyphs: 40_000_000,
            pages: 20_000,
            pixels: 40_000_000,
        }
    }
}

/// Fences the calling process in for good: address space, processor time, no files written, no core
/// dumps, no new privileges, and death with the process that started it.
///
/// `file_bytes` is the size of the file, which is mapped and comes on top of the memory.
///
/// Called by a parse worker on itself before it looks at the file. The kernel ties the last to the
/// *thread* that started the worker, so start workers from a thread that lives as long as they do.
///
/// # Errors
/// A [`Failure`] of kind `Unsupported` naming the limit that the system refused.
pub fn confine(limits: &Limits, file_bytes: u64) -> Result<()> {
    let cap = |resource, name: &str, value: u64, slack: u64| {
        let limit = Rlimit {
            current: Some(value),
            maximum: Some(value.saturating_add(slack)),
        };
        setrlimit(resource, limit).map_err(|source| {
            let message = format!("cannot limit the {name} of the parse worker on this system");
            Failure::new(FaultKind::Unsupported, message).with_source(source)
        })
    };
    cap(Resource::Core, "core dumps", 0, 0)?;
    cap(Resource::Fsize, "written files", 0, 0)?;
    let memory_bytes = limits.memory_bytes.saturating_add(file_bytes);
    cap(Resource::As, "memory", memory_bytes, 0)?;
    // The soft limit ends the worker with a signal that says why; the hard one a second later.
    cap(Resource::Cpu, "processor time", limits.cpu_seconds, 1)?;
    let refused = |source: rustix::io::Errno| {
        let message = "cannot take privileges from the parse worker on this system";
        Failure::new(FaultKind::Unsupported, message).with_source(source)
    };
    set_no_new_privs(true).map_err(refused)?;
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(refused)
}

/// Takes from the calling process the right to start threads and processes. Separate from
/// [`confine`] because the worker starts its one thread with a large stack in between.
pub(crate) fn forbid_processes() {
    let limit = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Lowering a limit cannot be refused; were it, the other fences still stand.
    setrlimit(Resource::Nproc, limit).ok();
}
