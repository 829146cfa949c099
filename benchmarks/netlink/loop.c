/* The plainest fast way to fill the kernel's table: what anybody would write in C.
 *
 *   loop PREFIXES INTERFACE GATEWAY plain|object wall|cpu
 *
 * PREFIXES holds five bytes a prefix: length, address in network order. A hundred messages a
 * sendmsg, an acknowledgement for the last. Adds all, removes all; with `object` the routes name one
 * nexthop object, they are removed message by message, added again, and removed with the object.
 * Prints a line of seconds for each: `add`, `delete`, `flush`. Exit code 1 where anything failed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 100, PROTOCOL = 71, METRIC = 71, OBJECT = 4711 };

static int fd;
static clockid_t clock_id = CLOCK_MONOTONIC;
static uint32_t sequence = 1;
static unsigned char out[BATCH * 128], in[1 << 16];

static double now(void) {
    struct timespec t;
    clock_gettime(clock_id, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "loop: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void attribute(struct nlmsghdr *m, int kind, const void *data, int n) {
    struct rtattr *a = (struct rtattr *)((char *)m + NLMSG_ALIGN(m->nlmsg_len));
    a->rta_type = kind;
    a->rta_len = RTA_LENGTH(n);
    memcpy(RTA_DATA(a), data, n);
    m->nlmsg_len = NLMSG_ALIGN(m->nlmsg_len) + RTA_ALIGN(a->rta_len);
}

/* Send and read until the acknowledgement of `last`; every error counts as failure. */
static void exchange(int bytes, uint32_t last) {
    if (send(fd, out, bytes, 0) != bytes) fail("send");
    for (;;) {
        int got = recv(fd, in, sizeof in, 0);
        if (got < 0) fail("recv");
        for (struct nlmsghdr *m = (void *)in; NLMSG_OK(m, got); m = NLMSG_NEXT(m, got)) {
            if (m->nlmsg_type != NLMSG_ERROR) continue;
            errno = -((struct nlmsgerr *)NLMSG_DATA(m))->error;
            if (errno) fail("refused");
            if (m->nlmsg_seq == last) return;
        }
    }
}

static double routes(const unsigned char *prefixes, long count, int adds, uint32_t interface,
                     uint32_t gateway, uint32_t object) {
    double start = now();
    for (long first = 0; first < count; first += BATCH) {
        long n = count - first < BATCH ? count - first : BATCH;
        int bytes = 0;
        for (long i = 0; i < n; i++) {
            const unsigned char *p = prefixes + 5 * (first + i);
            struct nlmsghdr *m = (void *)(out + bytes);
            struct rtmsg *r = NLMSG_DATA(m);
            uint32_t metric = METRIC;
            memset(m, 0, NLMSG_LENGTH(sizeof *r));
            m->nlmsg_len = NLMSG_LENGTH(sizeof *r);
            m->nlmsg_type = adds ? RTM_NEWROUTE : RTM_DELROUTE;
            m->nlmsg_flags = NLM_F_REQUEST | (adds ? NLM_F_CREATE | NLM_F_EXCL : 0);
            if (i == n - 1) m->nlmsg_flags |= NLM_F_ACK;
            m->nlmsg_seq = sequence++;
            r->rtm_family = AF_INET;
            r->rtm_dst_len = p[0];
            r->rtm_table = RT_TABLE_MAIN;
            r->rtm_protocol = PROTOCOL;
            r->rtm_scope = adds ? RT_SCOPE_UNIVERSE : RT_SCOPE_NOWHERE;
            r->rtm_type = adds ? RTN_UNICAST : 0;
            attribute(m, RTA_DST, p + 1, 4);
            attribute(m, RTA_PRIORITY, &metric, 4);
            if (adds && object) attribute(m, RTA_NH_ID, &object, 4);
            if (adds && !object) {
                attribute(m, RTA_OIF, &interface, 4);
                attribute(m, RTA_GATEWAY, &gateway, 4);
            }
            bytes += NLMSG_ALIGN(m->nlmsg_len);
        }
        exchange(bytes, sequence - 1);
    }
    return now() - start;
}

static double object(int adds, uint32_t id, uint32_t interface, uint32_t gateway) {
    double start = now();
    struct nlmsghdr *m = (void *)out;
    struct nhmsg *h = NLMSG_DATA(m);
    memset(m, 0, NLMSG_LENGTH(sizeof *h));
    m->nlmsg_len = NLMSG_LENGTH(sizeof *h);
    m->nlmsg_type = adds ? RTM_NEWNEXTHOP : RTM_DELNEXTHOP;
    m->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (adds ? NLM_F_CREATE | NLM_F_EXCL : 0);
    m->nlmsg_seq = sequence++;
    if (adds) {
        h->nh_family = AF_INET;
        h->nh_protocol = PROTOCOL;
    }
    attribute(m, NHA_ID, &id, 4);
    if (adds) {
        attribute(m, NHA_OIF, &interface, 4);
        attribute(m, NHA_GATEWAY, &gateway, 4);
    }
    exchange(m->nlmsg_len, m->nlmsg_seq);
    return now() - start;
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: loop PREFIXES INTERFACE GATEWAY plain|object wall|cpu\n");
        return 2;
    }
    if (!strcmp(argv[5], "cpu")) clock_id = CLOCK_PROCESS_CPUTIME_ID;
    FILE *file = fopen(argv[1], "rb");
    if (!file) fail(argv[1]);
    fseek(file, 0, SEEK_END);
    long count = ftell(file) / 5;
    rewind(file);
    unsigned char *prefixes = malloc(5 * count + 1);
    if (!prefixes || fread(prefixes, 5, count, file) != (size_t)count) fail("read");
    uint32_t interface = if_nametoindex(argv[2]), gateway;
    if (!interface || inet_pton(AF_INET, argv[3], &gateway) != 1) fail("interface or gateway");
    fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (fd < 0) fail("socket");
    uint32_t id = strcmp(argv[4], "object") ? 0 : OBJECT;
    if (id) object(1, id, interface, gateway);
    printf("add %.6f\n", routes(prefixes, count, 1, interface, gateway, id));
    printf("delete %.6f\n", routes(prefixes, count, 0, 0, 0, 0));
    if (id) {
        routes(prefixes, count, 1, interface, gateway, id);
        printf("flush %.6f\n", object(0, id, 0, 0));
    }
    return 0;
}
