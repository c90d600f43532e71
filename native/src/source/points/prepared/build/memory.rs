//! How much memory a build may use, where nobody says.

use std::fs;

/// Where the system does not tell.
const UNKNOWN: u64 = 4 << 30;

/// Half of the memory that is free, within what the process may have at all.
#[must_use]
pub fn half_of_free() -> u64 {
    let free = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    free.unwrap_or(UNKNOWN).min(limit.unwrap_or(u64::MAX)) / 2
}

/// Bytes available, by what Linux says.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_is_understood() {
        assert_eq!(available("MemTotal:  100 kB\nMemAvailable:   24 kB\n"), Some(24 << 10));
        assert_eq!(available("nothing"), None);
        assert!(half_of_free() > 1 << 20);
    }
}
