/* What libseccomp makes of a list of call numbers.
 *
 *   libseccomp export OPTIMIZE ERRNO < numbers > program
 *   libseccomp load   OPTIMIZE ERRNO < numbers > nanoseconds
 *
 * OPTIMIZE is libseccomp's: 1 is a list, 2 a binary tree. Calls that are not on the list fail with
 * ERRNO, or kill the process if that is 0. `load` tells how long it took from the first call of the
 * library to the filter in force; it is given numbers, not names, which saves the library the
 * looking up.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void check(int status, const char *what)
{
	if (status < 0) {
		fprintf(stderr, "%s: %s\n", what, strerror(-status));
		exit(1);
	}
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int main(int argc, char **argv)
{
	static int numbers[1024];
	size_t count = 0;
	scmp_filter_ctx context;
	uint32_t refusal;
	uint64_t start;
	size_t index;
	int load;

	if (argc != 4) {
		fprintf(stderr, "usage: libseccomp export|load OPTIMIZE ERRNO\n");
		return 2;
	}
	load = strcmp(argv[1], "load") == 0;
	refusal = atoi(argv[3]) ? SCMP_ACT_ERRNO(atoi(argv[3])) : SCMP_ACT_KILL_PROCESS;
	while (count < sizeof(numbers) / sizeof(*numbers) && scanf("%d", &numbers[count]) == 1)
		count++;

	start = now();
	context = seccomp_init(refusal);
	if (context == NULL)
		check(-ENOMEM, "seccomp_init");
	check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, (uint32_t)atoi(argv[2])),
	      "SCMP_FLTATR_CTL_OPTIMIZE");
	if (load)
		check(seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1), "SCMP_FLTATR_CTL_TSYNC");
	for (index = 0; index < count; index++)
		check(seccomp_rule_add(context, SCMP_ACT_ALLOW, numbers[index], 0), "seccomp_rule_add");
	if (!load) {
		check(seccomp_export_bpf(context, STDOUT_FILENO), "seccomp_export_bpf");
		return 0;
	}
	check(seccomp_load(context), "seccomp_load");
	start = now() - start;
	if (write(STDOUT_FILENO, &start, sizeof(start)) != sizeof(start))
		_exit(1);
	_exit(0);
}
