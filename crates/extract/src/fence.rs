//! What the kernel refuses a parse worker: every call by which a file that has taken its reader over
//! could reach anything but the two pipes it was given.
//!
//! The calls are named one by one and answered with "not permitted"; all others go on. Nothing of what
//! a parser does is among them: its file is open before the fence is closed. Only for Linux on the two
//! kinds of processors the product is built for; elsewhere the limits of [`crate::limits`] stand alone.

/// Closes the fence around all threads of this process, for good, and says whether the kernel did so.
/// A kernel without this ability is no reason not to read a file: the other limits still stand.
#[must_use]
pub fn close() -> bool {
    enclose().is_some()
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
use self::calls::enclose;

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
fn enclose() -> Option<()> {
    None
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod calls {
    use std::collections::BTreeMap;

    use libc::c_long;
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch, apply_filter_all_threads,
    };

    /// Opening files and changing what stands on the disk.
    const FILES: [c_long; 24] = [
        libc::SYS_openat,
        libc::SYS_openat2,
        libc::SYS_open_by_handle_at,
        libc::SYS_truncate,
        libc::SYS_unlinkat,
        libc::SYS_renameat,
        libc::SYS_renameat2,
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_fchmodat,
        libc::SYS_fchownat,
        libc::SYS_setxattr,
        libc::SYS_lsetxattr,
        libc::SYS_removexattr,
        libc::SYS_lremovexattr,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_chroot,
        libc::SYS_pivot_root,
        libc::SYS_swapon,
        libc::SYS_inotify_init1,
        libc::SYS_fanotify_init,
    ];

    /// The network, and rings of calls, which would go around this fence.
    const NETWORK: [c_long; 9] = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept4,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
    ];

    /// Other processes, other programs, and the kernel itself.
    const PROCESSES: [c_long; 23] = [
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_clone,
        libc::SYS_clone3,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_pidfd_send_signal,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_reboot,
    ];

    /// The older forms of these calls, which only one kind of processor has.
    #[cfg(target_arch = "x86_64")]
    const OLDER: [c_long; 18] = [
        libc::SYS_open,
        libc::SYS_creat,
        libc::SYS_unlink,
        libc::SYS_rename,
        libc::SYS_mkdir,
        libc::SYS_rmdir,
        libc::SYS_mknod,
        libc::SYS_link,
        libc::SYS_symlink,
        libc::SYS_chmod,
        libc::SYS_chown,
        libc::SYS_lchown,
        libc::SYS_fork,
        libc::SYS_vfork,
        libc::SYS_accept,
        libc::SYS_utime,
        libc::SYS_utimes,
        libc::SYS_inotify_init,
    ];
    #[cfg(target_arch = "aarch64")]
    const OLDER: [c_long; 1] = [libc::SYS_accept];

    pub(super) fn enclose() -> Option<()> {
        let program = program().ok()?;
        apply_filter_all_threads(&program).ok()
    }

    fn program() -> Result<BpfProgram, seccompiler::BackendError> {
        let refused = FILES.iter().chain(&NETWORK).chain(&PROCESSES).chain(&OLDER);
        // A call without rules is refused whatever its arguments are.
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            refused.map(|call| (*call, Vec::new())).collect();
        rules.insert(libc::SYS_tgkill, unless(0, u64::from(std::process::id()))?);
        // Limits may be read. An administrator's process could raise them again.
        rules.insert(libc::SYS_prlimit64, unless(2, 0)?);
        rules.insert(libc::SYS_setrlimit, Vec::new());
        let not_permitted = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        #[cfg(target_arch = "x86_64")]
        let processor = TargetArch::x86_64;
        #[cfg(target_arch = "aarch64")]
        let processor = TargetArch::aarch64;
        SeccompFilter::new(rules, SeccompAction::Allow, not_permitted, processor)?.try_into()
    }

    /// Refuses a call unless this argument has this value.
    fn unless(argument: u8, value: u64) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let (length, other) = (SeccompCmpArgLen::Qword, SeccompCmpOp::Ne);
        let condition = SeccompCondition::new(argument, length, other, value)?;
        Ok(vec![SeccompRule::new(vec![condition])?])
    }
}
