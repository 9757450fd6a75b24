/* What a C program may do: threads, files, sockets, signals, handlers of the exit, set*id calls. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void at_exit(void) { rmdir("/nonexistent/syscallset"); }

__attribute__((constructor)) static void before(void) { atexit(at_exit); }

static void handler(int signal) { (void)signal; getpgid(0); }

static void *thread(void *argument) { usleep(1000); return argument; }

static long by_number(long number) { return syscall(number); }

typedef int (*call)(void);
static call const calls[] = {(call)getuid, (call)getegid, (call)getgid};

int main(int argc, char **argv) {
    getppid();
    pthread_t one;
    pthread_create(&one, 0, thread, argv);
    setuid(getuid());
    pthread_join(one, 0);
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    int file = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct stat status;
    fstat(file, &status);
    write(file, "x", 1);
    close(file);
    int made = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    bind(made, (struct sockaddr *)&address, sizeof address);
    close(made);
    switch (argc) {
    case 1: by_number(SYS_gettid); break;
    case 2: by_number(SYS_sched_yield); break;
    case 3: by_number(SYS_getsid); break;
    case 4: by_number(SYS_getpgid); break;
    case 5: by_number(SYS_sync); break;
    default: by_number(SYS_times);
    }
    calls[argc % 3]();
    if (fork() == 0) _exit(3);
    wait(0);
    void *large = malloc(1 << 20);
    free(realloc(large, 4 << 20));
    struct timespec pause = {0, 1000};
    nanosleep(&pause, 0);
    puts("done");
    return 0;
}
