/* Does what its first argument says. Calls that nothing else here makes are the marks by which tests know
 * that something was seen: getpgid, getsid, getpriority and sched_getparam of threads, sysinfo and times of
 * others. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void *thread(void *argument) {
    struct sched_param parameter;
    switch ((long)argument) {
    case 0: getpgid(0); break;
    case 1: getsid(0); break;
    case 2: getpriority(PRIO_PROCESS, 0); break;
    case 3: sched_getparam(0, &parameter); break;
    }
    return NULL;
}

static int threads(void) {
    pthread_t ids[4];
    for (long n = 0; n < 4; n++)
        if (pthread_create(&ids[n], NULL, thread, (void *)n) != 0)
            return 1;
    for (int n = 0; n < 4; n++)
        pthread_join(ids[n], NULL);
    return 0;
}

/* A child, its child, and what that executes. */
static int forks(void) {
    if (fork() == 0) {
        struct sysinfo info;
        sysinfo(&info);
        pid_t grandchild = vfork();
        if (grandchild == 0) {
            execl("/proc/self/exe", "acts", "times", NULL);
            _exit(1);
        }
        int status;
        waitpid(grandchild, &status, 0);
        _exit(status == 0 ? 0 : 1);
    }
    int status;
    wait(&status);
    return status == 0 ? 0 : 1;
}

static int times_once(void) {
    struct tms tms;
    times(&tms);
    return 0;
}

/* A filter under which sysinfo fails with EPERM, times kills, and getsid has the action given. */
static int load(unsigned int getsid_action) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sysinfo, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_times, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, getsid_action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int filtered(int dies) {
    struct sysinfo info;
    getpgid(0); /* before the filter */
    if (load(SECCOMP_RET_ALLOW) != 0)
        return 1;
    int refused = sysinfo(&info) == -1 && errno == EPERM;
    getsid(0);
    if (dies)
        times_once();
    return refused ? 0 : 2;
}

static volatile sig_atomic_t caught;

static void handler(int number) { caught = number; }

static int waits_for_signals(void) {
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A signal between a look at `caught` and pause(2) would go unnoticed. */
    sigset_t both, before;
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_BLOCK, &both, &before);
    puts("ready");
    fflush(stdout);
    while (caught != SIGTERM) {
        sigsuspend(&before);
        printf("caught %d\n", caught);
        fflush(stdout);
    }
    return 9;
}

static int terminal(void) {
    struct winsize size = {0};
    struct termios modes;
    int foreground = tcgetpgrp(0) == getpgrp();
    ioctl(0, TIOCGWINSZ, &size);
    printf("tty %d %d %d, foreground %d, %d columns\n", isatty(0), isatty(1), tcgetattr(0, &modes) == 0,
           foreground, size.ws_col);
    fflush(stdout);
    char line[64];
    if (fgets(line, sizeof line, stdin) == NULL)
        return 1;
    printf("read %s", line);
    fflush(stdout);
    pause(); /* until the terminal's Ctrl-C */
    return 0;
}

static int copies(void) {
    char buffer[4096];
    ssize_t length;
    while ((length = read(0, buffer, sizeof buffer)) > 0)
        if (write(1, buffer, length) != length)
            return 1;
    return 0;
}

/* As many calls as are asked for. */
static int calls(long count) {
    for (long n = 0; n < count; n++)
        syscall(SYS_getppid);
    return 0;
}

int main(int count, char **arguments) {
    const char *act = count > 1 ? arguments[1] : "";
    const char *value = count > 2 ? arguments[2] : "0";
    if (strcmp(act, "threads") == 0) return threads();
    if (strcmp(act, "forks") == 0) return forks();
    if (strcmp(act, "times") == 0) return times_once();
    if (strcmp(act, "filtered") == 0) return filtered(0);
    if (strcmp(act, "killed") == 0) return filtered(1);
    if (strcmp(act, "signals") == 0) return waits_for_signals();
    if (strcmp(act, "terminal") == 0) return terminal();
    if (strcmp(act, "copies") == 0) return copies();
    if (strcmp(act, "calls") == 0) return calls(atol(value));
    if (strcmp(act, "exit") == 0) return atoi(value);
    if (strcmp(act, "raise") == 0) return raise(atoi(value));
    if (strcmp(act, "family") == 0) return socket(AF_UNIX, SOCK_STREAM, 0) < 0;
    return 99;
}
