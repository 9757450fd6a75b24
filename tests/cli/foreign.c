/* Writes a program that libseccomp makes to standard output; the argument chooses which one. */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/socket.h>

#define CHECK(call)                                                            \
    if ((call) < 0)                                                            \
    exit(1)

int main(int argc, char **argv) {
    scmp_filter_ctx filter;
    switch (argc > 1 ? argv[1][0] : 0) {
    case 'a': /* a list of allowed calls, two of them under conditions */
        filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 0));
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 0));
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(exit_group), 0));
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDONLY)));
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                               SCMP_A0(SCMP_CMP_EQ, AF_UNIX)));
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(mount), 0));
        break;
    case 'r': /* a list of refused calls, everything else is let through */
        filter = seccomp_init(SCMP_ACT_ALLOW);
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ptrace), 0));
        CHECK(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 0));
        break;
    default:
        return 2;
    }
    CHECK(seccomp_export_bpf(filter, 1));
    return 0;
}
