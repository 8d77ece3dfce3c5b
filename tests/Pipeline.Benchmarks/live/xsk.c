/*
 * The least that takes an interface's packets by AF_XDP: libxdp's own program, copy mode, one byte of each packet is touched.
 *
 *   xsk IF native|generic SECONDS CPU
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <xdp/xsk.h>

enum { FRAMES = 4096, FRAME = 4096, RING = 2048, BURST = 64, TOUCHED = 30 };

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

static void check(int result, const char *what)
{
	if (!result)
		return;
	fprintf(stderr, "xsk: %s: %s\n", what, strerror(-result));
	exit(1);
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: xsk IF native|generic SECONDS CPU\n");
		return 64;
	}
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct xsk_umem_config of_memory = { .fill_size = RING, .comp_size = 64, .frame_size = FRAME };
	struct xsk_socket_config of_socket = { .rx_size = RING, .bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP };
	struct xsk_ring_prod fill;
	struct xsk_ring_cons done, received;
	struct xsk_socket *socket;
	struct xsk_umem *umem;
	uint64_t packets = 0, sum = 0;
	double first = 0, cpu = 0, last = 0, end = seconds_now() + atof(argv[3]);
	uint32_t at = 0;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[4]), &cpus);
	sched_setaffinity(0, sizeof cpus, &cpus);
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	of_socket.xdp_flags = argv[2][0] == 'n' ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
	unsigned char *memory = mmap(NULL, FRAMES * FRAME, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	check(xsk_umem__create(&umem, memory, FRAMES * FRAME, &fill, &done, &of_memory), "memory");
	check(xsk_socket__create(&socket, argv[1], 0, umem, &received, NULL, &of_socket), argv[1]);
	xsk_ring_prod__reserve(&fill, RING, &at);
	for (int i = 0; i < RING; i++)
		*xsk_ring_prod__fill_addr(&fill, at + i) = (uint64_t)i * FRAME;
	xsk_ring_prod__submit(&fill, RING);
	fprintf(stderr, "ready\n");

	while (seconds_now() < end) {
		uint32_t from, to, count = xsk_ring_cons__peek(&received, BURST, &from);

		if (!count) {
			struct pollfd wait = { xsk_socket__fd(socket), POLLIN, 0 };

			poll(&wait, 1, 100);
			continue;
		}
		while (xsk_ring_prod__reserve(&fill, count, &to) != count)
			;
		for (uint32_t i = 0; i < count; i++) {
			uint64_t address = xsk_ring_cons__rx_desc(&received, from + i)->addr;

			sum += memory[address + TOUCHED];
			*xsk_ring_prod__fill_addr(&fill, to + i) = address & ~(uint64_t)(FRAME - 1);
		}
		xsk_ring_prod__submit(&fill, count);
		xsk_ring_cons__release(&received, count);
		packets += count;
		last = seconds_now();
		if (!first) {
			first = last;
			cpu = cpu_seconds();
		}
	}
	struct xdp_statistics counted;
	socklen_t bytes = sizeof counted;

	cpu = cpu_seconds() - cpu;
	getsockopt(xsk_socket__fd(socket), SOL_XDP, XDP_STATISTICS, &counted, &bytes);
	printf("{\"packets\":%lu,\"lost\":%llu,\"seconds\":%.3f,\"cpuSeconds\":%.6f,\"sum\":%lu}\n", packets,
	       counted.rx_dropped + counted.rx_ring_full, last - first, cpu, sum);
	xsk_socket__delete(socket);
	xsk_umem__delete(umem);
	return 0;
}
