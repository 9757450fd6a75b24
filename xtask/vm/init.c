/* The first process of a virtual machine: prepares what tests expect of a system, runs the programs of /suite one after
 * the other, says how each ended, and turns the machine off. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void console(void)
{
	int fd = open("/dev/console", O_RDWR);

	for (int other = 0; fd >= 0 && other <= 2; other++)
		dup2(fd, other);
	if (fd > 2)
		close(fd);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

/* Programs that talk to themselves over the network need its loopback. */
static void loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		perror("vm: no loopback");
	close(fd);
}

static void run(char *line)
{
	char *arguments[16] = {NULL}, *rest = NULL, copy[512];
	int status = 0, count = 0;
	pid_t child;

	snprintf(copy, sizeof copy, "%s", line);
	for (char *word = strtok_r(line, " ", &rest); word && count < 15; word = strtok_r(NULL, " ", &rest))
		arguments[count++] = word;
	printf("vm: begin %s\n", copy);
	child = fork();
	if (child == 0) {
		execv(arguments[0], arguments);
		perror("vm: execv");
		_exit(127);
	}
	/* Programs under test leave children behind, which become ours. */
	for (pid_t ended = 0; ended != child;)
		if ((ended = wait(&status)) < 0)
			break;
	if (WIFEXITED(status))
		printf("\nvm: end status %d\n", WEXITSTATUS(status));
	else
		printf("\nvm: end signal %d\n", WTERMSIG(status));
}

int main(void)
{
	char line[512];
	struct utsname name;
	FILE *suite;

	/* Every other process is /bin/true. */
	if (getpid() != 1)
		return 0;
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777");
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, NULL);
	console();
	loopback();
	setenv("PATH", "/bin", 1);
	setenv("TMPDIR", "/tmp", 1);
	setenv("SYSCALLSET_PROGRAMS", "/programs", 1);
	uname(&name);
	printf("vm: kernel %s %s\n", name.release, name.machine);
	suite = fopen("/suite", "re");
	while (suite && fgets(line, sizeof line, suite)) {
		line[strcspn(line, "\n")] = '\0';
		run(line);
	}
	printf("vm: done\n");
	sync();
	reboot(RB_POWER_OFF);
	/* A machine that cannot be turned off is restarted, which ends the emulator, too. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
