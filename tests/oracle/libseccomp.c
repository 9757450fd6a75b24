/* Writes the program that libseccomp makes of a list of calls to standard output.
 *
 * Arguments: the architecture as libseccomp calls it, the optimization level, and the action of calls that
 * are not listed. Standard input: a line per call with its name, number and action. What libseccomp knows
 * otherwise is said on standard error, a line each. */
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                            \
    do {                                                                       \
        int status = (call);                                                   \
        if (status < 0) {                                                      \
            fprintf(stderr, "failed %s %d\n", #call, status);                  \
            return 1;                                                          \
        }                                                                      \
    } while (0)

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    uint32_t arch = seccomp_arch_resolve_name(argv[1]);
    uint32_t otherwise = strtoul(argv[3], NULL, 0);
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (arch == 0 || filter == NULL)
        return 2;
    uint32_t native = seccomp_arch_native();
    if (arch != native) {
        CHECK(seccomp_arch_add(filter, arch));
        CHECK(seccomp_arch_remove(filter, native));
    }
    CHECK(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    CHECK(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, strtoul(argv[2], NULL, 0)));

    char name[64];
    int number;
    uint32_t action;
    while (scanf("%63s %d %" SCNi32, name, &number, (int32_t *)&action) == 3) {
        int known = seccomp_syscall_resolve_name_arch(arch, name);
        if (known == __NR_SCMP_ERROR) {
            fprintf(stderr, "unknown %s\n", name);
            /* A number is taken as one of the native architecture. */
            if (arch == native)
                CHECK(seccomp_rule_add(filter, action, number, 0));
            continue;
        }
        if (known != number)
            fprintf(stderr, "differs %s %d\n", name, known);
        CHECK(seccomp_rule_add(filter, action, seccomp_syscall_resolve_name(name), 0));
    }
    CHECK(seccomp_export_bpf(filter, 1));
    seccomp_release(filter);
    return 0;
}
