/*
 * Sends UDP packets on an interface at a steady pace, by sendmmsg on a packet socket.
 *
 *   send IF BYTES PACKETS_A_SECOND SECONDS CPU
 *
 * 0 packets a second is as fast as it goes. 64 flows take turns. Prints what it sent, and the CPU time it took, which includes what the
 * kernel did on its behalf: on a veth that is receiving too.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { BURST = 32, FLOWS = 64, MOST_BYTES = 9000 };

static unsigned char packets[FLOWS][MOST_BYTES];

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Ethernet, IPv4 and UDP; the ports tell flows apart. Both addresses are locally administered, for documentation and benchmarks. */
static void make_packet(unsigned char *p, int flow, int bytes)
{
	static const unsigned char ethernet[14] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
	static const unsigned char addresses[8] = { 198, 18, 0, 1, 198, 19, 0, 2 };
	uint32_t sum = 0;

	memcpy(p, ethernet, sizeof ethernet);
	p[14] = 0x45;
	p[16] = (bytes - 14) >> 8;
	p[17] = bytes - 14;
	p[22] = 64;
	p[23] = 17;
	memcpy(p + 26, addresses, sizeof addresses);
	for (int i = 14; i < 34; i += 2)
		sum += p[i] << 8 | p[i + 1];
	sum = ~((sum & 0xffff) + (sum >> 16));
	p[24] = sum >> 8;
	p[25] = sum;
	p[34] = 0x30;
	p[35] = flow;
	p[36] = 0x20;
	p[38] = (bytes - 34) >> 8;
	p[39] = bytes - 34;
}

static int open_socket(const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || !to.sll_ifindex || bind(fd, (void *)&to, sizeof to)) {
		perror(name);
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: send IF BYTES PACKETS_A_SECOND SECONDS CPU\n");
		return 64;
	}
	int bytes = atoi(argv[2]);
	double pace = atof(argv[3]), end = atof(argv[4]);
	struct mmsghdr messages[BURST] = { 0 };
	struct iovec parts[BURST];
	uint64_t sent = 0, refused = 0;
	struct rusage used;
	cpu_set_t cpus;

	if (bytes < 60 || bytes > MOST_BYTES) {
		fprintf(stderr, "send: expected 60 to %d bytes\n", MOST_BYTES);
		return 64;
	}
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[5]), &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus))
		perror("sched_setaffinity");
	int fd = open_socket(argv[1]);

	for (int flow = 0; flow < FLOWS; flow++)
		make_packet(packets[flow], flow, bytes);
	double start = seconds_now();

	for (double now = 0; now < end; now = seconds_now() - start) {
		if (pace > 0 && sent + BURST > now * pace) {
			struct timespec rest = { 0, (sent + BURST - now * pace) / pace * 1e9 };

			if (rest.tv_nsec > 60000)
				nanosleep(&rest, NULL);
			continue;
		}
		for (int i = 0; i < BURST; i++) {
			parts[i] = (struct iovec){ packets[(sent + i) % FLOWS], bytes };
			messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
		}
		int done = sendmmsg(fd, messages, BURST, 0);

		if (done > 0)
			sent += done;
		else if (errno == ENOBUFS)
			refused++;
		else {
			perror("sendmmsg");
			return 1;
		}
	}
	getrusage(RUSAGE_SELF, &used);
	printf("{\"sent\":%lu,\"refused\":%lu,\"seconds\":%.3f,\"cpuSeconds\":%.6f}\n", sent, refused, seconds_now() - start,
	       used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
	return 0;
}
