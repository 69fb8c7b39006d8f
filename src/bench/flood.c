/* Sends datagrams as fast as possible, and prints the nanoseconds that each takes.
 *
 * usage: flood ADDRESS PORT COUNT FLOWS
 * With FLOWS 1, all belong to one flow. With more, each datagram has another source port, so most of them are new flows.
 * On a veth pair, the chains of the receiving host run on the processor of the sender, within the call of send.
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
	char payload[172] = { 0 }; /* as an RTP packet of G.711 with 20 ms */

	for (int i = 0; i < flows; i++) {
		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (connect(sockets[i], (struct sockaddr *)&to, sizeof to)) {
			perror("connect");
			return 1;
		}
	}
	if (flows == 1) /* creates the flow before the measurement */
		for (int i = 0; i < 100; i++)
			send(sockets[0], payload, sizeof payload, 0);
	double start = now();
	for (long i = 0; i < count; i++)
		send(sockets[i % flows], payload, sizeof payload, 0);
	printf("%.1f\n", (now() - start) / count);
	return 0;
}
