#[syscallset::restrict("read write openat close lseek mmap mprotect munmap brk pread64 pwrite64 access pipe select scoket connect accept sendto recvfrom bind listen")]
fn main() {}
