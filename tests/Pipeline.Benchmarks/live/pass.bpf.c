/* The shortest XDP program: everything stays with the kernel. */
#include <linux/bpf.h>

__attribute__((section("xdp"), used)) int pass(struct xdp_md *packet)
{
	(void)packet;
	return XDP_PASS;
}

__attribute__((section("license"), used)) char terms[] = "GPL";
