/* Sends datagrams to two ports alternately, and prints how many nanoseconds more a datagram to the second one takes.
 *
 * usage: pair ADDRESS PORT OTHER-PORT BATCH PAIRS
 * Prints: median of the first, median of the differences, their quartiles. The time is the processor time of this thread. The
 * chains of the host at the other end of a veth pair run in it too, so other programs on the machine have little influence.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

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

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: pair ADDRESS PORT OTHER-PORT BATCH PAIRS\n");
		return 64;
	}
	char payload[172] = { 0 }; /* as an RTP packet of G.711 with 20 ms */
	int sockets[2], batch = atoi(argv[4]), pairs = atoi(argv[5]);
	double *base = calloc(pairs, sizeof(double)), *added = calloc(pairs, sizeof(double));

	for (int i = 0; i < 2; i++) {
		struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[2 + i])) };
		inet_pton(AF_INET, argv[1], &to.sin_addr);
		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (connect(sockets[i], (struct sockaddr *)&to, sizeof to)) {
			perror("connect");
			return 1;
		}
		for (int k = 0; k < 200; k++) /* creates the flows before the measurement */
			send(sockets[i], payload, sizeof payload, 0);
	}
	for (int n = 0; n < pairs; n++) {
		double cost[2];
		for (int turn = 0; turn < 2; turn++) {
			int i = (turn + n) & 1;
			double start = now();
			for (int k = 0; k < batch; k++)
				send(sockets[i], payload, sizeof payload, 0);
			cost[i] = (now() - start) / batch;
		}
		base[n] = cost[0];
		added[n] = cost[1] - cost[0];
	}
	qsort(base, pairs, sizeof *base, compare);
	qsort(added, pairs, sizeof *added, compare);
	printf("%.0f %.0f %.0f %.0f\n", base[pairs / 2], added[pairs / 2], added[pairs / 4], added[3 * pairs / 4]);
	return 0;
}
