/* The peer of benchmarks/forwarding.py: IPv4 forwarding in C over a DIR-24-8 table (Gupta, Lin and
 * McKeown, INFOCOM 1998), packet by packet, and in vectors of 256 with prefetch in the manner of
 * VPP. Per packet: destination MAC, EtherType, header length, header checksum, total length and TTL
 * are checked; longest match; TTL, RFC 1624 checksum and both MACs are rewritten in place.
 * It looks at no source address, counts nothing and does not compare the packet with an MTU. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { VECTOR = 256, GROUPS = 4096, DEEP = 0x8000 };

struct table {
    uint16_t *first;  /* by the first 24 bits: an adjacency, or DEEP and a group */
    uint16_t *second; /* 256 adjacencies a group */
    unsigned groups;
    uint8_t rewrite[256][12];
    uint8_t mac[6];
};

static void *huge(size_t bytes) {
    void *memory = aligned_alloc(2 << 20, (bytes + (2 << 20) - 1) & ~(size_t)((2 << 20) - 1));
    if (memory == NULL) abort();
    madvise(memory, bytes, MADV_HUGEPAGE);
    memset(memory, 0, bytes);
    return memory;
}

struct table *table_new(const uint8_t *mac) {
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL) abort();
    table->first = huge(sizeof(uint16_t) << 24);
    table->second = huge(sizeof(uint16_t) * 256 * GROUPS);
    memcpy(table->mac, mac, 6);
    return table;
}

void table_free(struct table *table) {
    free(table->first);
    free(table->second);
    free(table);
}

/* The parts, for those who look up in numpy. */
const uint16_t *table_first(const struct table *table) { return table->first; }
const uint16_t *table_second(const struct table *table) { return table->second; }

void table_adjacency(struct table *table, unsigned number, const uint8_t *macs) {
    memcpy(table->rewrite[number & 255], macs, 12);
}

/* Prefixes in order of length, the shortest first. Gives 0, or 1 where the groups ran out. */
int table_fill(struct table *table, const uint32_t *keys, const uint8_t *lengths,
               const uint16_t *adjacencies, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (lengths[i] <= 24) {
            size_t at = keys[i] >> 8;
            for (size_t n = (size_t)1 << (24 - lengths[i]); n > 0; n--) table->first[at++] = adjacencies[i];
            continue;
        }
        uint16_t *cell = &table->first[keys[i] >> 8];
        if (!(*cell & DEEP)) {
            if (table->groups == GROUPS) return 1;
            for (unsigned n = 0; n < 256; n++) table->second[table->groups * 256 + n] = *cell;
            *cell = DEEP | table->groups++;
        }
        size_t at = (size_t)(*cell & ~DEEP) * 256 + (keys[i] & 255);
        for (size_t n = (size_t)1 << (32 - lengths[i]); n > 0; n--) table->second[at++] = adjacencies[i];
    }
    return 0;
}

static inline uint16_t load16(const uint8_t *at) { uint16_t v; memcpy(&v, at, 2); return v; }
static inline uint32_t load32(const uint8_t *at) { uint32_t v; memcpy(&v, at, 4); return v; }
static inline uint64_t load64(const uint8_t *at) { uint64_t v; memcpy(&v, at, 8); return v; }

static inline int is_sound(const struct table *table, const uint8_t *frame, uint32_t length) {
    uint64_t mac = load32(table->mac) | (uint64_t)load16(table->mac + 4) << 32;
    if (length < 34 || (load64(frame) & 0xffffffffffff) != mac) return 0;
    if ((load32(frame + 12) & 0xffffff) != 0x450008) return 0;
    uint64_t sum = load64(frame + 14);
    uint64_t more = load64(frame + 22);
    sum = (sum >> 32) + (uint32_t)sum + (more >> 32) + (uint32_t)more + load32(frame + 30);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    uint32_t total = __builtin_bswap16(load16(frame + 16));
    return sum == 0xffff && total >= 20 && total + 14 <= length && frame[22] > 1;
}

static inline unsigned find(const struct table *table, uint32_t address) {
    unsigned cell = table->first[address >> 8];
    if (__builtin_expect(cell & DEEP, 0))
        cell = table->second[(size_t)(cell & ~DEEP) * 256 + (address & 255)];
    return cell;
}

static inline void rewrite(const struct table *table, uint8_t *frame, unsigned adjacency) {
    uint32_t sum = (uint16_t)~load16(frame + 24) + 0xfffeu;
    uint16_t checksum = ~((sum & 0xffff) + (sum >> 16));
    memcpy(frame, table->rewrite[adjacency & 255], 12);
    frame[22]--;
    memcpy(frame + 24, &checksum, 2);
}

/* `out`: the adjacency of each packet that leaves, 0 for the others. Gives how many leave. */
size_t forward_each(const struct table *table, uint8_t *frames, size_t stride,
                    const uint32_t *lengths, uint16_t *out, size_t count) {
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t *frame = frames + i * stride;
        unsigned adjacency = 0;
        if (is_sound(table, frame, lengths[i]))
            adjacency = find(table, __builtin_bswap32(load32(frame + 30)));
        if (adjacency) rewrite(table, frame, adjacency);
        out[i] = adjacency;
        left += adjacency != 0;
    }
    return left;
}

size_t forward_vectors(const struct table *table, uint8_t *frames, size_t stride,
                       const uint32_t *lengths, uint16_t *out, size_t count) {
    size_t left = 0;
    uint32_t addresses[VECTOR];
    for (size_t first = 0; first < count; first += VECTOR) {
        size_t some = count - first < VECTOR ? count - first : VECTOR;
        size_t next = count - first - some < VECTOR ? count - first - some : VECTOR;
        uint8_t *vector = frames + first * stride;
        for (size_t i = 0; i < some; i++) {
            uint8_t *frame = vector + i * stride;
            if (i < next) __builtin_prefetch(frame + VECTOR * stride, 1);
            uint32_t address = __builtin_bswap32(load32(frame + 30));
            addresses[i] = address;
            __builtin_prefetch(&table->first[address >> 8]);
            out[first + i] = is_sound(table, frame, lengths[first + i]);
        }
        for (size_t i = 0; i < some; i++) {
            unsigned cell = table->first[addresses[i] >> 8];
            if (__builtin_expect(cell & DEEP, 0))
                cell = table->second[(size_t)(cell & ~DEEP) * 256 + (addresses[i] & 255)];
            out[first + i] = out[first + i] ? cell : 0;
        }
        for (size_t i = 0; i < some; i++) {
            if (out[first + i] == 0) continue;
            rewrite(table, vector + i * stride, out[first + i]);
            left++;
        }
    }
    return left;
}
