/* Sends datagrams from two network namespaces alternately, and prints how many nanoseconds more one from the second takes.
 *
 * usage: two NAMESPACE OTHER-NAMESPACE ADDRESS PORT BATCH PAIRS [new]
 * With "new", each datagram starts a flow. Prints: median of the first, median of the differences, their quartiles. The time
 * is the processor time of this thread, in which the chains of both ends of a veth pair run.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in to;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void enter(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "/run/netns/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET)) {
		perror(name);
		exit(1);
	}
	close(fd);
}

/* A socket belongs to the namespace in which it was created. */
static int connected(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to)) {
		perror("connect");
		exit(1);
	}
	return s;
}

int main(int argc, char **argv)
{
	if (argc < 7) {
		fprintf(stderr, "usage: two NAMESPACE OTHER-NAMESPACE ADDRESS PORT BATCH PAIRS [new]\n");
		return 64;
	}
	char payload[172] = { 0 }; /* as an RTP packet of G.711 with 20 ms */
	int batch = atoi(argv[5]), pairs = atoi(argv[6]), fresh = argc > 7;
	int *sockets = calloc(batch, sizeof(int));
	int running[2];
	double *base = calloc(pairs, sizeof(double)), *added = calloc(pairs, sizeof(double));

	to.sin_family = AF_INET;
	to.sin_port = htons(atoi(argv[4]));
	inet_pton(AF_INET, argv[3], &to.sin_addr);
	for (int i = 0; i < 2; i++) {
		enter(argv[1 + i]);
		running[i] = connected();
		for (int k = 0; k < 200; k++) /* creates the flows before the measurement */
			send(running[i], payload, sizeof payload, 0);
	}
	for (int n = 0; n < pairs; n++) {
		double cost[2];
		for (int turn = 0; turn < 2; turn++) {
			int i = (turn + n) & 1;
			if (fresh) {
				enter(argv[1 + i]);
				for (int k = 0; k < batch; k++)
					sockets[k] = connected();
			}
			double start = now();
			for (int k = 0; k < batch; k++)
				send(fresh ? sockets[k] : running[i], payload, sizeof payload, 0);
			cost[i] = (now() - start) / batch;
			for (int k = 0; fresh && k < batch; k++)
				close(sockets[k]);
		}
		base[n] = cost[0];
		added[n] = cost[1] - cost[0];
	}
	qsort(base, pairs, sizeof *base, compare);
	qsort(added, pairs, sizeof *added, compare);
	printf("%.0f %.0f %.0f %.0f\n", base[pairs / 2], added[pairs / 2], added[pairs / 4], added[3 * pairs / 4]);
	return 0;
}
