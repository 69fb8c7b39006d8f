/* Sends datagrams as fast as the path takes them, and prints nanoseconds for each.
 *
 * usage: flood ADDRESS PORT COUNT FLOWS
 * With FLOWS 1 all belong to one flow; with more, source ports change from one to the next, so that most are new flows.
 * On a veth pair the receiving host's chains run on the sender's processor, within the send call.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: flood ADDRESS PORT COUNT FLOWS\n");
		return 64;
	}
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[2])) };
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	long count = atol(argv[3]);
	int flows = atoi(argv[4]);
	int *sockets = calloc(flows, sizeof(int));
	char payload[172] = { 0 }; /* an RTP packet of G.711 at 20 ms */

	for (int i = 0; i < flows; i++) {
		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (connect(sockets[i], (struct sockaddr *)&to, sizeof to)) {
			perror("connect");
			return 1;
		}
	}
	if (flows == 1) /* the flow exists before it is measured */
		for (int i = 0; i < 100; i++)
			send(sockets[0], payload, sizeof payload, 0);
	double start = now();
	for (long i = 0; i < count; i++)
		send(sockets[i % flows], payload, sizeof payload, 0);
	printf("%.1f\n", (now() - start) / count);
	return 0;
}
