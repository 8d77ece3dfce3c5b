/*
 * The least that reads an interface by AF_PACKET: a TPACKET_V3 ring with the blocks and the timeout of ours, and one byte of each packet is
 * touched.
 *
 *   ring IF SECONDS CPU
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { BLOCK = 1 << 18, BLOCKS = 64, TOUCHED = 30 };

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int open_ring(const char *name, unsigned char **memory)
{
	int version = TPACKET_V3;
	struct tpacket_req3 ring = { .tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = 2048,
				     .tp_frame_nr = BLOCK / 2048 * BLOCKS, .tp_retire_blk_tov = 4 };
	struct sockaddr_ll on = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version)
	    || setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring))
		fail("ring");
	*memory = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (*memory == MAP_FAILED || bind(fd, (void *)&on, sizeof on))
		fail(name);
	return fd;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: ring IF SECONDS CPU\n");
		return 64;
	}
	cpu_set_t cpus;
	unsigned char *memory;
	uint64_t packets = 0, sum = 0;
	double first = 0, cpu = 0, last = 0, end = seconds_now() + atof(argv[2]);
	struct tpacket_stats_v3 counted;
	socklen_t bytes = sizeof counted;

	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[3]), &cpus);
	sched_setaffinity(0, sizeof cpus, &cpus);
	int fd = open_ring(argv[1], &memory);

	for (int at = 0; seconds_now() < end;) {
		struct tpacket_block_desc *block = (void *)(memory + (size_t)at * BLOCK);

		if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
			struct pollfd wait = { fd, POLLIN, 0 };

			poll(&wait, 1, 100);
			continue;
		}
		unsigned char *p = (unsigned char *)block + block->hdr.bh1.offset_to_first_pkt;

		for (uint32_t i = 0; i < block->hdr.bh1.num_pkts; i++) {
			struct tpacket3_hdr *packet = (void *)p;

			sum += p[packet->tp_mac + TOUCHED];
			p += packet->tp_next_offset;
		}
		packets += block->hdr.bh1.num_pkts;
		__atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		at = (at + 1) % BLOCKS;
		last = seconds_now();
		if (!first) {
			first = last;
			cpu = cpu_seconds();
		}
	}
	cpu = cpu_seconds() - cpu;
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &counted, &bytes);
	printf("{\"packets\":%lu,\"lost\":%u,\"seconds\":%.3f,\"cpuSeconds\":%.6f,\"sum\":%lu}\n", packets, counted.tp_drops, last - first,
	       cpu, sum);
	return 0;
}
